"""Programs that run as Jobs in a cluster: they keep in Vault and in the API server what the description says."""
