"""A backend and its files -> problems. One file a noun, one small function a rule."""
