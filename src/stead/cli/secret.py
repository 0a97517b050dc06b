"""`stead secret`: the values in a file sealed with age, and those of an environment, sealed in the format of SOPS."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from stead.kit.age_file import SealedError, parse, replace, seal, unseal, write

Do = Literal["set", "get", "list", "edit", "init", "rotate", "recipients", "manifests"]
OF_ENVIRONMENTS = ("init", "rotate", "recipients", "manifests")
IDENTITY = "SECRETS_AGE_IDENTITY"


def secret(
    do: Do,
    /,
    *words: str,
    environment: Annotated[str, Parameter(["--env", "-e"], negative="")] = "",
    file: Annotated[Path, Parameter(["--file", "-f"])] = Path("secrets.age"),
    identity: Path | None = None,
    recipient: Annotated[list[str] | None, Parameter(negative="")] = None,
    remove: Annotated[list[str] | None, Parameter(negative="")] = None,
    end: Annotated[bool, Parameter(negative="")] = False,
    certificate: Path | None = None,
) -> int:
    """Read and change secrets that are sealed: an environment's (--env), or the secrets service's `file` source.

    Parameters
    ----------
    do
        set takes the value from standard input, never from the command line; get prints one; list prints the names;
        edit opens all of them in $EDITOR. Of an environment: init writes its first file; rotate takes a key to the
        next phase of its rotation, or without a NAME seals all again; of an environment that runs under stead up, it
        rotates the value in the run, and without a NAME all of them; recipients shows and changes who can open it;
        manifests prints the Secrets of Kubernetes, for kubectl apply -f -.
    words
        The NAME of the value, for set and get. With --env also the PATH of the backend: a word with a slash.
    environment
        The environment whose file it is, deploy/sops/ENVIRONMENT.yaml: what sops reads and writes as well.
    file
        The sealed file. Beside it, FILE.recipients lists the public keys that the file is sealed to, one a line.
    identity
        A file with the age identity that opens it. Default: $SECRETS_AGE_IDENTITY; with --env also
        $SOPS_AGE_KEY_FILE and $SOPS_AGE_KEY.
    recipient
        A public key to add, age1…; may be given several times.
    remove
        A public key to remove from an environment's file.
    end
        With rotate, in a run: revoke the earlier value of a secret when no partner uses it any more.
    certificate
        With manifests: the certificate of a sealed-secrets controller, to print SealedSecrets that only it opens.
    """
    if environment:
        from stead.cli.environment_secret import Request, run

        request = Request(words, environment, identity, recipient or (), remove or (), end, certificate)
        return run(do, request, _from_stdin() if do == "set" else None)
    if do in OF_ENVIRONMENTS:
        raise SealedError(f"name the environment: stead secret {do} --env prod")
    if len(words) > 1:
        raise SealedError(f"{' and '.join(words)} are two values: give one")
    key = "".join(words)
    recipients = _recipients(file, recipient or [])
    values = unseal(file.read_bytes(), _identity(identity)) if file.exists() else {}
    if do == "list":
        sys.stdout.write("".join(f"{name}\n" for name in sorted(values)))
        return 0
    if do == "get":
        return _print(values, key)
    changed = _edited(values) if do == "edit" else values | {_named(key): _from_stdin()}
    if changed != values or recipient:
        replace(file, seal(changed, recipients))
        file.with_name(f"{file.name}.recipients").write_text("".join(f"{one}\n" for one in recipients))
    return 0


def _print(values: dict[str, str], key: str) -> int:
    if _named(key) not in values:
        raise SealedError(f"there is no {key} in the file; list the names: stead secret list")
    sys.stdout.write(values[key] + ("\n" if sys.stdout.isatty() else ""))
    return 0


def _named(key: str) -> str:
    if not key:
        raise SealedError("name the value: stead secret set NAME")
    return key


def _from_stdin() -> str:
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass("value: ")
    try:
        text = sys.stdin.read()
        text.encode()
    except UnicodeError:
        raise SealedError("the value is not text in UTF-8: encode it, such as by base64") from None
    return text.removesuffix("\n")


def _identity(file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text()
        except OSError as error:
            raise SealedError(f"{file} cannot be read: {error.strerror}") from None
    given = os.environ.get(IDENTITY, "")
    if not given:
        raise SealedError(f"the file is sealed: give --identity FILE, or ${IDENTITY}")
    return given


def _recipients(file: Path, given: list[str]) -> list[str]:
    known = file.with_name(f"{file.name}.recipients")
    lines = known.read_text().splitlines() if known.exists() else []
    recipients = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return sorted({*recipients, *given})


def _edited(values: dict[str, str]) -> dict[str, str]:
    """Open the values in an editor, in a file for the owner only, in memory if possible, deleted afterwards."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it, closed to others
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        plain = Path(folder) / "secrets.env"
        plain.touch(mode=0o600)
        plain.write_text(write(values))
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        done = subprocess.run([*editor.split(), str(plain)], check=False)
        if done.returncode != 0:
            raise SealedError(f"{editor} ended with status {done.returncode}; nothing was changed")
        return parse(plain.read_text())
