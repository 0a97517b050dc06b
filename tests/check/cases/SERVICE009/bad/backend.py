"""Shop: its front end, which calls nobody."""

from stead import Backend, Gateway, Service

web = Service("web", static="web", signs=True)  #! SERVICE009

backend = Backend("shop", services=[web], gateway=Gateway("edge", fronts=[web]))
