"""Notifications that send mail to a stand-in in development: SMTP is beside HTTP, so its host is told by itself."""

from stead import Backend, Environment, HostOf, Service
from stead.services import notifications
from stead.testing.smtp import SmtpSettings

mail = Service("mail", app="stead.testing.smtp:create", settings=SmtpSettings)
messages = notifications.service("notifications", calls=[mail.may()])

backend = Backend(
    "shop",
    services=[messages, mail],
    environments=[
        Environment(
            "dev",
            {messages: {"SMTP_HOST": HostOf(mail), "SMTP_PORT": 2525}, mail: {"MAILBOX_PORT": 2525}},
        ),
        Environment("prod", without=(mail,)),
    ],
)
