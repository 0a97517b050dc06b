"""A service that keeps uploads for 30 days."""

from stead import Backend, Bucket, Service

uploads = Bucket("UPLOADS_BUCKET_URL", versioned=True, expire_days=30)

backend = Backend("shop", services=[Service("pictures", command="node pictures.js", needs=[uploads])])
