"""The reference of `backend.py`: a page for each public noun, generated from the code."""
