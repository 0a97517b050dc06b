"""A stand-in for YooKassa's API v3: real HTTP, for development, stories and tests.

It keeps payments and refunds in memory, holds every POST to its `Idempotence-Key`, and sends webhooks. What a payer, a
bank or a bad network would do is done under `/stand-in/`:

    GET  /stand-in/pay/{id}              a page on which a person pays or declines
    POST /stand-in/payments/{id}/{act}   `pay`, `decline` (with `?reason=`), `expire`
    POST /stand-in/refunds/{id}/{act}    `succeed`, `cancel`: silently, as there is no such webhook
    POST /stand-in/webhooks              {url}: where notifications go; {hold: true} gathers them instead
    POST /stand-in/webhooks/release      {reverse, times}: send what was gathered
    POST /stand-in/behaviour             {instantly, webhook_first, refunds}: see `Behaviour`
    POST /stand-in/fault                 {operation, status, times, after, delay, reset}: see `Fault`

Source: YooKassa's API reference. What it does not say (how long an answer is kept under a key) is not modelled.
"""

from stead.testing.yookassa.api import app, create
from stead.testing.yookassa.behaviour import Behaviour, Fault, Release, WebhookTarget
from stead.testing.yookassa.shop import YooKassa

__all__ = ["Behaviour", "Fault", "Release", "WebhookTarget", "YooKassa", "app", "create"]
