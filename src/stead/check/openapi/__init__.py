"""OpenAPI documents: read, judged, and compared with an earlier one of the same service."""
