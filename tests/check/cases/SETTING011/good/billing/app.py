"""Billing."""

from stead.kit.app import service_app
from stead.kit.settings import ServiceSettings, read


def create():
    return service_app(read(ServiceSettings), routes=[], handlers=[])
