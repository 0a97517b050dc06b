"""The `openapi.json` of a service that was just made: its folder is on `sys.path` since its backend was loaded."""


def write_contract(package: str) -> str:
    """Write it beside the service, and return its path in the backend's folder."""
    from stead.kit.openapi import text

    path, made = text(package)
    path.write_text(made)
    return f"{package}/{path.name}"
