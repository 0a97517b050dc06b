"""Ship to a namespace of a cluster: apply in order, watch the rollout, roll back when it is not healthy."""
