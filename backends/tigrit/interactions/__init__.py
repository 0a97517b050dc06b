"""What was said to Tigrit: the table that the bot writes and the mini app's API reads."""
