"""The common inputs of all forges' pipelines: images to build, the list of services, required secrets."""
