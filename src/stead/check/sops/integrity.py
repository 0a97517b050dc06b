"""What can be determined without a key of sealed files: that they are authenticated, and that no two say the same."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.sops.sealed_file import METADATA, SEALED, composed, pairs, sealed_files
from stead.model import Problem


@rule("SOPS016", shown=False)
def environments_share_no_secret(context: Context) -> Iterator[Problem]:
    """An environment shares no sealed value, and no data key, with another.

    A file, or a line of it, that was copied opens with the same key: everyone who can read staging can read production.
    SOPS never encrypts a value twice to the same text, so equal texts were copied. Create new values, and `stead secret
    set NAME --env ENVIRONMENT`.
    """
    known: dict[str, str] = {}
    for file in sealed_files(context):
        name = file.environment.name
        if file.data_key and known.setdefault(file.data_key, name) != name:
            mend = f"move it away, stead secret init --env {name}, and stead secret set each value again"
            other = known[file.data_key]
            yield Problem("SOPS016", f"the secrets of {name} are a copy of those of {other}", file.where, mend)
            continue
        for entry in file.entries:
            if entry.text and known.setdefault(entry.text, name) != name:
                message = f"{entry.name} was copied from {known[entry.text]}"
                mend = f"create a new value, and stead secret set {entry.name} --env {name}"
                yield Problem("SOPS016", message, entry.where, mend)


@rule("SOPS017", shown=False)
def files_are_authenticated(context: Context) -> Iterator[Problem]:
    """A sealed file has its MAC.

    It covers all values and their names: without it, a removed or exchanged line is not detected. SOPS and Stead refuse
    such a file; restore it from an earlier commit, and make the change with a command.
    """
    for file in sealed_files(context):
        node = composed(context, file.path)
        metadata = dict(pairs(node)).get(METADATA) if node else None
        if file.recipients is not None and metadata is not None:
            mac = dict(pairs(metadata)).get("mac")
            if mac is None or not SEALED.fullmatch(str(mac.value)):
                mend = f"git checkout an earlier {file.path.name}, and stead secret set what changed since"
                yield Problem("SOPS017", f"the secrets of {file.environment.name} have no MAC", file.where, mend)


RULES = (environments_share_no_secret, files_are_authenticated)
