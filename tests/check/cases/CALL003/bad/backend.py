"""Shop: orders, and the stock they come from."""

from stead import Backend, Route, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

mail = Service("mail", image=IMAGE, routes=[Route.service("POST", "/v1/mails", "send")])
post = Service("mail-service", image=IMAGE, routes=[Route.service("POST", "/v1/letters", "send")])
orders = Service(
    "order-service",
    image=IMAGE,
    calls=[
        mail.may("send"),
        post.may("send"),  #! CALL003
    ],
)

backend = Backend("shop", services=[orders, mail, post])
