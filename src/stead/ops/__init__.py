"""What is done to a backend that runs."""
