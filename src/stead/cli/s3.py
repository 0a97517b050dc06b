"""`stead s3`: the bucket of a service, as that service.

S3 has no standard client as PostgreSQL and Redis have, so this is a small one; `env` prints the variables for others.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlunsplit

from cyclopts import Parameter

from stead.cli.resource_client import url_of
from stead.cli.run import quoted, split
from stead.model import Bucket
from stead.ops.backup.bucket_location import BucketLocation
from stead.ops.backup.store import Store
from stead.run.error import RunError

Rest = Annotated[
    str,
    Parameter(
        allow_leading_hyphen=True,
        help="SERVICE, its setting, a PATH; after -- ls [PREFIX], get KEY [FILE], put FILE [KEY], rm KEY, or env.",
    ),
]


def s3(*words: Rest) -> None:
    """List, read and write the bucket of a service of a backend that runs, with that service's key.

    The operation comes after `--`: `ls [PREFIX]` lists, which is the default; `get KEY [FILE]` writes an object to
    standard output or into a file; `put FILE [KEY]` writes one; `rm KEY` deletes one; `env` prints the variables for
    another client.
    """
    before, asked = split(words)
    verb, *arguments = asked or ("ls",)
    if verb not in VERBS:
        raise RunError(f"stead s3 does not know {verb!r}; after -- write one of {', '.join(VERBS)}")
    do, least, most = VERBS[verb]
    if not least <= len(arguments) <= most:
        raise RunError(f"{verb} takes {_count(least, most)}; {len(arguments)} are given")
    do(BucketLocation.of_bucket(urlunsplit(url_of(Bucket, before))), *arguments)


def _ls(place: BucketLocation, prefix: str = "") -> None:
    store = Store(place)
    for name in store.names():
        if name.startswith(prefix):
            sys.stdout.write(f"{store.size(name):>12}  {name}\n")


def _get(place: BucketLocation, key: str, file: str = "") -> None:
    _, blocks = Store(place).read(key)
    if not file:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(blocks)
        return
    with _opened(file).open("wb") as out:
        out.writelines(blocks)


def _put(place: BucketLocation, file: str, key: str = "") -> None:
    path = Path(file)
    if not path.is_file():
        raise RunError(f"there is no file {file}")
    Store(place).put(key or path.name, path)


def _rm(place: BucketLocation, key: str) -> None:
    store = Store(place)
    store.size(key)  # S3 answers success for a key that does not exist
    store.delete(key)


def _env(place: BucketLocation) -> None:
    values: Mapping[str, str] = {
        "AWS_ACCESS_KEY_ID": place.key,
        "AWS_SECRET_ACCESS_KEY": place.secret,
        "AWS_REGION": place.region,
        "AWS_ENDPOINT_URL_S3": place.endpoint,
        "BUCKET": place.bucket,
    }
    sys.stdout.write("".join(f"{name}={quoted(text)}\n" for name, text in values.items()))


def _opened(file: str) -> Path:
    path = Path(file)
    if path.is_dir() or not path.parent.is_dir():
        raise RunError(f"{file} cannot be written: name a file in a folder that is there")
    return path


def _count(least: int, most: int) -> str:
    if most == 0:
        return "nothing more"
    return f"{least} argument{'s' * (least != 1)}" if least == most else f"{least} to {most} arguments"


VERBS: dict[str, tuple[Callable[..., None], int, int]] = {
    "ls": (_ls, 0, 1),
    "get": (_get, 1, 2),
    "put": (_put, 1, 2),
    "rm": (_rm, 1, 1),
    "env": (_env, 0, 0),
}
