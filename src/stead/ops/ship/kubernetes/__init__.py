"""Ship to a namespace of a cluster: apply in order, watch the rollout, take it back when it is not well."""
