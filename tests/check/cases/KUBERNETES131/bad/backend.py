"""Shop: wishes, a program whose source is here, in a cluster."""

from stead import Backend, Environment, Service

wishes = Service("wishes", command="node main.js", folder="wishes")
backend = Backend("shop", services=[wishes], environments=[Environment("prod")])
