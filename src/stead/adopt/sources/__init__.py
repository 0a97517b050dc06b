"""One file a kind of source. Each has `read`, which looks through the tree and adds what it finds."""
