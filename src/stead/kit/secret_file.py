"""Secrets that a container has as files, for an app that reads its environment alone.

A framework's own settings know nothing of `DATABASE_URL_FILE`: `os.environ["DATABASE_URL"]` works under `stead up`, and
must work in a container as well. The keys of the boundary stay files, which are read again when they are rotated.
Rejected: an env file for such an app, since its boundary would lose the rotation with it.
"""

from collections.abc import MutableMapping
from pathlib import Path

from stead.kit.settings import SettingsError
from stead.model.environment_value import SUFFIX, given
from stead.model.wiring import KEYRING, PRIVATE_KEY

OF_THE_BOUNDARY = frozenset({KEYRING.name, PRIVATE_KEY.name})


def put_into(environ: MutableMapping[str, str]) -> None:
    """Put the text of each secret file of an orchestrator beside its path, under the setting's own name.

    A file counts when it has the setting's name, as Compose, Kubernetes and Vault's agent mount it: `SSL_CERT_FILE` of
    OpenSSL names another one. SettingsError names all that cannot be read.
    """
    wrong: list[str] = []
    for variable, path in list(environ.items()):
        name = variable.removesuffix(SUFFIX)
        if name == variable or Path(path).name != name or name in OF_THE_BOUNDARY or environ.get(name):
            continue
        try:
            environ[name] = given(environ, name)
        except (OSError, UnicodeDecodeError) as error:
            reason = (error.strerror or "") if isinstance(error, OSError) else "it is not text"
            wrong.append(f"{variable} names a file that cannot be read: {reason}.")
    if wrong:
        raise SettingsError(wrong)
