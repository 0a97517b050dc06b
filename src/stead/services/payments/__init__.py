"""Payments of bookings: a state machine over a provider, refunds, and double entry of both."""

from stead.services.payments.service import service

__all__ = ["service"]
