"""A service that says nothing of how it starts, one that says it twice, and arguments that nothing takes."""

from stead import Backend, Service

nothing = Service("nothing")  #! SERVICE001
both = Service("both", app="both:app", image="example.com/both:1")  #! SERVICE001
more = Service("more", command="run", args="--fast")  #! SERVICE003
entry = Service("entry", command="run", image="example.com/both:1", args="--fast")
backend = Backend("shop", services=[nothing, both, more, entry])
