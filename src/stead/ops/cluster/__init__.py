"""Programs that run as Jobs in a cluster and write the described state to Vault and to the API server."""
