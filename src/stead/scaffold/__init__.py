"""A backend begun, and extended: new folders from templates, and the few lines that a description needs.

What is written here belongs to the user from then on: nothing is ever generated over it again.
"""
