"""A host name of a service that is not called: no network leads to it."""

from stead import Backend, Environment, HostOf, Service
from stead.services import notifications

mail = Service("mail", app="stead.testing.smtp:create")
messages = notifications.service("notifications")
backend = Backend(
    "shop",
    services=[mail, messages],
    environments=[
        Environment("dev", {messages: {"SMTP_HOST": HostOf(mail)}}),  #! SETTING005
    ],
)
