"""Media: files that users upload straight to a bucket, verified before anybody sees them."""

from stead.services.media.service import service

__all__ = ["service"]
