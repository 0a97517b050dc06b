"""What is run beside the shop."""
