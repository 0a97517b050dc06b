"""A sketch as Python: an expression tree, laid out as ruff would, and the module around it."""
