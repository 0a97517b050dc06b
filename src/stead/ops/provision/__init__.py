"""What is made in servers before services start: databases with their roles, and buckets. Run again, all stays."""
