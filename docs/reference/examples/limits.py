"""A service that may use two cores and 1 GiB."""

from stead import Backend, Limits, Service

backend = Backend("shop", services=[Service("search", command="node search.js", limits=Limits(cpus=2, memory=1024))])
