"""What the jobs of a pipeline do, each a command that a person can run as well."""
