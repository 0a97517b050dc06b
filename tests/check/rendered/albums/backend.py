"""A gallery: pictures in a bucket, visitors in Redis."""

from stead import Backend, Bucket, Environment, Redis, Service

albums = Service("albums", app="albums.app:create", needs=[Bucket(versioned=True, expire_days=30), Redis()])

backend = Backend(
    "gallery",
    services=[albums],
    environments=[Environment("dev"), Environment("prod")],
    folder="backends/albums",
)
