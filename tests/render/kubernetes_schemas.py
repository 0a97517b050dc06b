"""The API's own schemas, strict: no field that they do not know.

`kubernetes-validate` reads a version's schemas again for every object; here each is read once.
"""

from functools import cache

from kubernetes_validate import utils, validate

VERSIONS = ("1.31", "1.34", "1.37")
FOREIGN = ("argoproj.io", "external-secrets.io", "gateway.networking.k8s.io")  # custom resources have no schema there

for reading in ("schema_contents", "all_versions", "latest_version"):
    setattr(utils, reading, cache(getattr(utils, reading)))


def accepts(document, version):
    """Tell whether it is an object of the API, and of this schema; raise ValidationError where it is not."""
    if document["apiVersion"].startswith(FOREIGN):
        return False
    validate(document, version, strict=True)
    return True
