"""Referral codes and who brought whom."""

from stead.services.referrals.service import service

__all__ = ["service"]
