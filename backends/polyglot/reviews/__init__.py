"""Reviews, as a FastAPI app."""
