"""Billing."""


class Billing:
    @classmethod
    def create(cls):
        return cls()
