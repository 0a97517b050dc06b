"""The settings of the media service."""

from stead.kit.settings import DatabaseSettings
from stead.model import secret, var

MEBIBYTE = 1_048_576


class MediaSettings(DatabaseSettings):
    """The bucket, and the quota of a user."""

    bucket_url: str = secret(help="The service's own bucket: an s3://key:secret@host/bucket URL.")
    bucket_public_url: str | None = var(
        default=None, help="The URL of the S3 API for clients, in signed links. Default: the host of BUCKET_URL."
    )
    media_largest: int = var(default=10 * MEBIBYTE, minimum=1, help="The largest file, in bytes.")
    media_quota: int = var(default=200 * MEBIBYTE, minimum=1, help="The quota of one user, in bytes.")
    media_unfinished_seconds: int = var(
        default=86_400, minimum=1, help="The age after which incomplete uploads are deleted."
    )
    media_proof_days: int = var(default=90, minimum=1, help="The age after which proofs of payments are deleted.")
    media_sweep_seconds: float = var(default=60.0, help="Seconds between two searches for files to delete.")
    events_service_url: str | None = var(default=None, help="The URL of the events service, for organizers; optional.")
    events_service_name: str = var(default="events", help="The name of that service.")
    payments_service_url: str | None = var(
        default=None, help="The URL of the payments service, for organizers; optional."
    )
    payments_service_name: str = var(default="payments", help="The name of that service.")
