"""Referral codes and attributions."""

from stead.services.referrals.service import service

__all__ = ["service"]
