from stead import Backend, Job, Service

mail = Service("mail", image="ghcr.io:443/example/mail")  #! SERVICE018
cache = Service("cache", image="redis:latest")  #! SERVICE018
sweep = Job("sweep", image="example/sweep")  #! SERVICE018
backend = Backend("shop", services=[mail, cache], jobs=[sweep])
