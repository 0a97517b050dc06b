"""A stand-in for the `wrangler` program, as far as a deploy calls it: it makes the same requests of Cloudflare's API.

The real one takes seconds to start; a test that deploys six Workers in five ways uses this, and another test holds the
real one against the same stand-in of the API.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from uuid import uuid4

OUTPUT = "WRANGLER_OUTPUT_FILE_PATH"


def main(words: list[str]) -> int:
    command, *rest = words
    try:
        return {"deploy": _deploy, "rollback": _roll_back}[command](rest)
    except urllib.error.HTTPError as error:
        with error:
            error_json = json.loads(error.read())["errors"][0]
        sys.stderr.write(
            f"A request to the Cloudflare API failed. {error_json['message']} [code: {error_json['code']}]\n"
        )
        return 1


def install(folder: Path) -> Path:
    """Write the program into a folder that is to be on the PATH."""
    program = folder / "wrangler"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {__file__} "$@"\n')
    program.chmod(0o755)
    return program


def _deploy(words: list[str]) -> int:
    options = _options(words)
    config = _configuration(options["--env"][0])
    for service in config["services"]:
        if not Path(config["main"]).is_file():
            sys.stderr.write(f"{service} has no entry\n")
            return 1
    if "--dry-run" in words:
        sys.stdout.write("--dry-run: exiting now.\n")
        return 0
    worker = config["name"]
    body, kind = _form(_metadata(config, options))
    path = f"/workers/scripts/{worker}"
    if _exists(path):
        version = _request("POST", f"{path}/versions", body, kind)["id"]
        _request("POST", f"{path}/deployments", _deployment(version))
    else:
        version = _request("PUT", path, body, kind)["deployment_id"]
    targets = [f"https://{worker}.stand-in.workers.dev"] if config["workers_dev"] else []
    line = {"type": "deploy", "worker_name": worker, "version_id": version, "targets": targets}
    Path(os.environ[OUTPUT]).write_text(json.dumps(line) + "\n")
    return 0


def _roll_back(words: list[str]) -> int:
    worker = _options(words)["--name"][0]
    _request("POST", f"/workers/scripts/{worker}/deployments", _deployment(words[0]))
    return 0


def _options(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in zip(words, [*words[1:], ""], strict=True):
        if name.startswith("--"):
            found.setdefault(name, []).append(value)
    return found


def _configuration(environment: str) -> dict[str, Any]:
    lines = Path("wrangler.jsonc").read_text().splitlines()
    config = json.loads("\n".join(line for line in lines if not line.startswith("//")))
    return {"main": config["main"], **config["env"][environment]}


def _metadata(config: dict[str, Any], options: dict[str, list[str]]) -> dict[str, Any]:
    texts = dict(config["vars"]) | dict(each.split(":", 1) for each in options.get("--var", []))
    secrets = json.loads(Path(options["--secrets-file"][0]).read_text())
    bindings = [{"type": "plain_text", "name": name, "text": text} for name, text in texts.items()]
    bindings += [{"type": "secret_text", "name": name, "text": text} for name, text in secrets.items()]
    bindings += [
        {"type": "service", "name": each["binding"], "service": each["service"]} for each in config["services"]
    ]
    return {"bindings": bindings, "annotations": {"workers/tag": options["--tag"][0]}}


def _form(metadata: dict[str, Any]) -> tuple[bytes, str]:
    mark = uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n'
    return f"{head}{json.dumps(metadata)}\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def _deployment(version: str) -> bytes:
    return json.dumps({"strategy": "percentage", "versions": [{"version_id": version, "percentage": 100}]}).encode()


def _exists(path: str) -> bool:
    try:
        _request("GET", path)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    return True


def _request(method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> dict[str, Any]:
    url = f"{os.environ['CLOUDFLARE_API_BASE_URL']}/accounts/{os.environ['CLOUDFLARE_ACCOUNT_ID']}{path}"
    headers = {"Authorization": f"Bearer {os.environ['CLOUDFLARE_API_TOKEN']}", "Content-Type": kind}
    request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 - the stand-in's own URL
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        result: dict[str, Any] = json.loads(answer.read())["result"]
        return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
