"""A small S3 server for a development machine: objects in a folder, every signature verified.

No S3 server comes as a wheel or as a Debian package, and a run uses no network; MinIO and SeaweedFS are programs in Go
that a build would have to fetch. This server answers what a client needs for objects: PUT, GET with a range, HEAD,
copy, list, delete, uploads in parts, and presigned URLs. It keeps no earlier versions of an object and expires none.

Errors of this package:
    S3Error          the server cannot start
"""

from stead.run.s3.server import S3Error, Server

__all__ = ["S3Error", "Server"]
