"""Lists of objects: ListObjectsV2, one page after the other."""

from collections.abc import Mapping
from typing import Any

from stead.run.s3.answer import NUMBER, Answer, document, element, error

PAGE = 1000


def listing(objects: Mapping[str, Any], query: Mapping[str, str]) -> Answer:
    """Return one page; the token of the next one is the last key or prefix of this.

    With a delimiter, keys that go on behind it are one common prefix.
    """
    size = query.get("max-keys") or str(PAGE)
    if not NUMBER.fullmatch(size):
        return error(400, "InvalidArgument")
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    after = query.get("continuation-token") or query.get("start-after", "")
    names = {_entry(name, prefix, delimiter) for name in objects if name.startswith(prefix)}
    left = sorted(name for name in names if name > after)
    page = left[: min(int(size), PAGE)]
    more = bool(page) and len(page) < len(left)
    rows = "".join(_row(name, objects) for name in page)
    token = element("NextContinuationToken", page[-1]) if more else ""
    count = element("IsTruncated", str(more).lower()) + element("KeyCount", str(len(page)))
    return Answer(200, document("ListBucketResult", count + token + rows))


def _entry(name: str, prefix: str, delimiter: str) -> str:
    if not delimiter:
        return name
    inside, found, _ = name[len(prefix) :].partition(delimiter)
    return prefix + inside + found


def _row(name: str, objects: Mapping[str, Any]) -> str:
    if name not in objects:
        return f"<CommonPrefixes>{element('Prefix', name)}</CommonPrefixes>"
    about = objects[name]
    modified = element("LastModified", about.at.isoformat())
    parts = element("Key", name) + modified + element("ETag", about.etag) + element("Size", str(about.size))
    return f"<Contents>{parts}</Contents>"
