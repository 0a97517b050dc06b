"""A chart that a person wrote: where its parts come from, and whether they are the same at the next upgrade."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context
from stead.check.helm.chart import charts
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

END = r"[\"']?[ \t]*(?:#.*)?$"
IMAGE = re.compile(rf"^[ \t]*(?:-[ \t]+)?image:[ \t]*[\"']?([^\s\"'{{}}#]+){END}", re.MULTILINE)
LATEST_TAG = re.compile(rf"^[ \t]*tag:[ \t]*[\"']?(latest){END}", re.MULTILINE)
PLAIN = re.compile(rf"^[ \t]*(?:-[ \t]+)?repository:[ \t]*[\"']?(http://[^\s\"']+){END}", re.MULTILINE)
VALUES = "values"
RANDOM = re.compile(
    r"\{\{(?:(?!\}\}).)*\b(rand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes)|uuidv4|genPrivateKey|genCA\w*|genSelfSignedCert\w*"
    r"|genSignedCert\w*)\b"
)


@rule("HELM025")
def images_of_charts_stay(context: Context) -> Iterator[Problem]:
    """An image in a chart of your own has a version other than `latest`.

    `latest` can be another program at the next start of a Pod, without a change of the chart, and `helm rollback`
    restores only the same tag. Write the version, or better the digest. IMAGE010 reports tags in a template that is
    plain YAML, and in `repository` and `tag` of values.
    """
    reported = {(file, at.line) for file, at in context.each("images")}
    for file, text in _texts(context, values=True):
        given = file.name.startswith(VALUES)  # a template may add a tag to what stands there
        for found in (*IMAGE.finditer(text), *LATEST_TAG.finditer(text)):
            place = _place(file, text, found.start(1))
            moves = found.re is LATEST_TAG or _moves(found[1], given=given)
            if moves and (file, place.line) not in reported:
                message = f"the tag {found[1]} can point to another image later"
                yield Problem("HELM025", message, place, "write a version, or a digest")


def _moves(image: str, *, given: bool) -> bool:
    tag = image.rpartition("/")[2].partition(":")[2]
    return "@" not in image and (tag == "latest" or (not tag and not given))


@rule("HELM026")
def charts_come_over_tls(context: Context) -> Iterator[Problem]:
    """A dependency of a chart is fetched by `https://` or `oci://`.

    Over `http://` an attacker on the path can replace the chart, whose templates are applied with the rights of the
    deployer. Write `https://`.
    """
    for path, _ in charts(context):
        text = context.tree.text(path) or ""
        for found in PLAIN.finditer(text):
            place = _place(path, text, found.start(1))
            yield Problem("HELM026", f"a dependency comes from {found[1]}", place, "write https:// or oci://")


@rule("HELM027")
def templates_make_the_same_twice(context: Context) -> Iterator[Problem]:
    """A template creates no random value.

    Helm creates another one at each upgrade: a password that the database does not have, a certificate that clients do
    not trust; and Argo CD never becomes synced. Seal the value, or keep the present one with `lookup`.
    """
    for file, text in _texts(context):
        for found in RANDOM.finditer(text) if "lookup" not in text else ():
            place = _place(file, text, found.start(1))
            mend = "seal the value: stead secret set, or keep it with lookup"
            yield Problem("HELM027", f"{found[1]} creates another value at each upgrade", place, mend)


def _texts(context: Context, *, values: bool = False) -> Iterator[tuple[Path, str]]:
    """Yield the templates of each chart that a person wrote, with its values where these are asked for."""
    for path, _ in charts(context):
        own = [each for each in context.tree.below(path.parent) if values and each.match(f"{VALUES}*.yaml")]
        for file in (*context.tree.below(path.parent / "templates"), *own):
            text = context.tree.text(file)
            if text is not None:
                yield file, text


def _place(file: Path, text: str, at: int) -> SourceLocation:
    return SourceLocation(str(file), text.count("\n", 0, at) + 1, 1)


RULES = (images_of_charts_stay, charts_come_over_tls, templates_make_the_same_twice)
