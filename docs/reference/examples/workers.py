"""Staging on Cloudflare: a Worker of one's own, and a Worker in place of a service of the shelf."""

from stead import Backend, Environment, Service, Workers
from stead.services import points

ledger = points.service("points-service")
mail = Service("mail-service", worker="apps/mail-service")
staging = Environment("staging", workers=Workers(sources={ledger: "apps/points-service"}))
backend = Backend("shop", services=[ledger, mail], environments=[Environment("dev"), staging])
