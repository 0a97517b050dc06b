"""A service that takes photos of up to 5 MiB; all other services take 1 MiB."""

from stead import Backend, RequestLimits, Service

limits = RequestLimits(body=5 * 1024 * 1024)
backend = Backend("shop", services=[Service("photos", command="node photos.js", request_limits=limits)])
