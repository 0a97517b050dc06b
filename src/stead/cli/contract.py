"""The `openapi.json` of a new service: its folder is on `sys.path` since its backend was loaded."""


def write_contract(package: str) -> str:
    """Write the document beside the service; return its path in the backend's folder."""
    from stead.kit.openapi import text

    path, made = text(package)
    path.write_text(made)
    return f"{package}/{path.name}"
