"""The mini app's API: what a signed-in user sees of themselves."""
