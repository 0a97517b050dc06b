"""What the pipelines of all forges are made from: the images to build, what is accounted for, what must be set."""
