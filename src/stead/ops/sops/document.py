"""A file in the format of SOPS v3, in YAML: plain names, encrypted values, a MAC over all values in their order.

`sops` and this module read each other's files; cloud keys, PGP keys and Shamir groups are refused by name. An unchanged
value keeps its ciphertext, so that a commit shows the changed ones. Comments are lost: the description has the help
text of each value.
"""

import hmac
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha512
from typing import Any

import yaml as reader

from stead.ops.sops import data_key
from stead.ops.sops.cipher import KEY, Scalar, as_bytes, is_sealed, seal, unseal
from stead.ops.sops.error import SopsError, TamperedError
from stead.render import yaml

METADATA, SUFFIX, VERSION = "sops", "_unencrypted", "3.11.0"
OTHER_KEYS = ("kms", "gcp_kms", "azure_kv", "hc_vault", "pgp", "key_groups", "hckms")
CHOICES = ("encrypted_regex", "unencrypted_regex", "encrypted_suffix", "encrypted_comment_regex",
           "unencrypted_comment_regex", "mac_only_encrypted")  # fmt: skip
Path = tuple[str, ...]
Tree = dict[str, Any]


@dataclass
class Document:
    """A decrypted file.

    values      the tree, in the clear
    recipients  who can open it
    key         the data key
    sealed      the ciphertext of each value, as the file has it
    """

    values: Tree
    recipients: tuple[str, ...]
    key: bytes = field(default_factory=lambda: os.urandom(KEY), repr=False)
    sealed: dict[tuple[Path, type, Scalar], str] = field(default_factory=dict, repr=False)
    entries: list[dict[str, str]] = field(default_factory=list, repr=False)

    def written(self, now: datetime | None = None) -> str:
        """Return the text of the file."""
        modified = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        tree = _mapped(self.values, (), self._sealed)
        known = {entry["recipient"]: entry for entry in self.entries}
        fresh = data_key.wrap(self.key, [each for each in self.recipients if each not in known])
        known |= {entry["recipient"]: entry for entry in fresh}
        tree[METADATA] = {
            "age": [known[each] for each in self.recipients],
            "lastmodified": modified,
            "mac": seal(mac_of(self.values), self.key, modified),
            "unencrypted_suffix": SUFFIX,
            "version": VERSION,
        }
        return yaml.written(tree)

    def rotate(self) -> None:
        """Replace the data key: former recipients cannot open later versions of the file."""
        self.key, self.sealed, self.entries = os.urandom(KEY), {}, []

    def _sealed(self, path: Path, value: Scalar) -> Scalar:
        if _is_clear(path):
            return value
        return self.sealed.get((path, type(value), value)) or seal(value, self.key, place_of(path))


def opened(text: str, identities: str) -> Document:
    """Decrypt and verify a file; SopsError when it cannot be decrypted, TamperedError when it was changed."""
    tree, metadata = parsed(text)
    key = data_key.unwrap(metadata["age"], identities)
    sealed: dict[tuple[Path, type, Scalar], str] = {}

    def clear(path: Path, value: Scalar) -> Scalar:
        if _is_clear(path):
            return value
        found = unseal(str(value), key, place_of(path))
        sealed[path, type(found), found] = str(value)
        return found

    values = _mapped(tree, (), clear)
    if not hmac.compare_digest(_mac_in(metadata, key), mac_of(values)):
        raise TamperedError(
            "a value was added, removed or moved by hand, so the MAC is wrong; restore an earlier commit"
        )
    entries = [dict(entry) for entry in metadata["age"]]
    return Document(values, tuple(str(entry["recipient"]) for entry in entries), key, sealed, entries)


def _mac_in(metadata: Tree, key: bytes) -> str:
    """Return the MAC that the file has; TamperedError when it, or the time that it is bound to, was changed."""
    try:
        return str(unseal(str(metadata.get("mac", "")), key, str(metadata.get("lastmodified", ""))))
    except SopsError:
        raise TamperedError("the MAC or lastmodified was changed by hand; restore an earlier commit") from None


def parsed(text: str) -> tuple[Tree, Tree]:
    """Return the encrypted tree of a file, and its metadata; SopsError for another format."""
    try:
        tree = reader.safe_load(text)
    except reader.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SopsError(f"not YAML: line {mark.line + 1 if mark else '?'}") from None
    metadata = tree.pop(METADATA, None) if isinstance(tree, dict) else None
    if not isinstance(metadata, dict):
        raise SopsError("the file is not sealed: it has no key `sops`; create a sealed one: stead secret init")
    for name in (*OTHER_KEYS, *CHOICES):
        if metadata.get(name):
            raise SopsError(f"{name} is not supported: encrypt the file with age only (sops updatekeys)")
    age = metadata.get("age")
    if not age:
        raise SopsError("the file has no age recipient")
    if not isinstance(age, list) or not all(
        isinstance(each, dict) and each.keys() >= {"recipient", "enc"} for each in age
    ):
        raise SopsError("sops.age is not a list of recipients with their keys; restore the file from an earlier commit")
    if metadata.get("unencrypted_suffix", SUFFIX) != SUFFIX:
        raise SopsError(f"Stead supports only the suffix {SUFFIX} for unencrypted names: set it in .sops.yaml")
    return tree, metadata


def clear_values(tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of values that are plain and must be encrypted."""
    found: list[str] = []

    def look(path: Path, value: Scalar) -> Scalar:
        if not _is_clear(path) and not is_sealed(value):
            found.append(":".join(path))
        return value

    _mapped(dict(tree), (), look)
    yield from found


def mac_of(values: Mapping[str, Any]) -> str:
    """Return the MAC of a tree: of every value, in order."""
    digest = sha512()

    def add(_: Path, value: Scalar) -> Scalar:
        digest.update(as_bytes(value))
        return value

    _mapped(dict(values), (), add)
    return digest.hexdigest().upper()


def place_of(path: Path) -> str:
    return "".join(f"{key}:" for key in path)


def _is_clear(path: Path) -> bool:
    return any(key.endswith(SUFFIX) for key in path)


def _mapped(tree: Any, path: Path, change: Callable[[Path, Scalar], Scalar]) -> Any:
    """Return a tree with a function applied to each value, in order. Items of a list have the list's path."""
    if isinstance(tree, dict):
        return {str(key): _mapped(inner, (*path, str(key)), change) for key, inner in tree.items()}
    if isinstance(tree, list):
        return [_mapped(inner, path, change) for inner in tree]
    if tree is None:
        return None
    if not isinstance(tree, (str, int, float, bool)):
        name = re.sub(r":$", "", place_of(path))
        raise SopsError(f"{name} is a {type(tree).__name__}: write it in quotes")
    return change(path, tree)
