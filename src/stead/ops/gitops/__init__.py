"""Delivery by commits: what runs in an environment is what the repository says, and a promotion is a commit."""
