from stead import Backend, Service

mail = Service("mail", image="ghcr.io:443/example/mail:1.2.0")  #! SERVICE019
backend = Backend("shop", services=[mail])
