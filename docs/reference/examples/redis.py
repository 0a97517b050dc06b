"""A service that keeps its cache in Redis."""

from stead import Backend, Redis, Service

backend = Backend("shop", services=[Service("catalog", command="node catalog.js", needs=[Redis()])])
