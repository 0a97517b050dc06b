"""The commands that the jobs of a pipeline run; a person can run each of them, too."""
