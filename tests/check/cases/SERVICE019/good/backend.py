from stead import Backend, Service

mail = Service("mail", image="ghcr.io:443/example/mail:1.2.0@sha256:" + 64 * "0")
backend = Backend("shop", services=[mail])
