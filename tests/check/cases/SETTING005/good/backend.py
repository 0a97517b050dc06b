"""A host name of a service that is called."""

from dataclasses import replace

from stead import Backend, Environment, HostOf, Service
from stead.services import notifications

mail = Service("mail", app="stead.testing.smtp:create")
messages = replace(
    notifications.service("notifications", calls=[mail.may()]),
    values={"SMTP_HOST": HostOf(mail)},
)
backend = Backend(
    "shop",
    services=[mail, messages],
    environments=[
        Environment("dev"),
        Environment("test", {messages: {"SMTP_HOST": "mail.example.com"}}),
    ],
)
