"""A service that says nothing of how it starts, and one that says it twice."""

from stead import Backend, Service

nothing = Service("nothing")  #! SERVICE001
both = Service("both", command="run", image="example.com/both:1")  #! SERVICE001
backend = Backend("shop", services=[nothing, both])
