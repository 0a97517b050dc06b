"""What vouches for a user: one file a provider."""
