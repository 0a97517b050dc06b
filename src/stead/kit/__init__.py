"""What a Python service is made from."""
