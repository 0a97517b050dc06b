"""The game: who plays, and how one signs in."""
