from stead import Backend, Service

mail = Service("mail", image="ghcr.io:443/example/mail@sha256:" + 64 * "0")
cache = Service("cache", image="redis:latest@sha256:" + 64 * "0")
backend = Backend("shop", services=[mail, cache])
