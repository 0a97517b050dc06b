"""Delivery by commits: the repository determines what runs in an environment, and a promotion is a commit."""
