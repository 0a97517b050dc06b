"""What customers wish for."""
