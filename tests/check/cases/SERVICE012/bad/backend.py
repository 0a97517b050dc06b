from stead import Backend, Job

nothing = Job("nothing")  #! SERVICE012
both = Job("both", entry="json:dumps", command="true")  #! SERVICE012
backend = Backend("shop", jobs=[nothing, both])
