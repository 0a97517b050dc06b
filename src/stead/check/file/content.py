"""Contents: a file is what its name says: YAML is YAML, text is text, and nothing is half merged."""

from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts import At
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

LARGE = 5_000_000  # bytes
# What is text by its name, and of no use with a NUL in it.
TEXTS = frozenset(
    f".{name}"
    for names in (
        ("py", "pyi", "js", "mjs", "cjs", "ts", "tsx", "jsx", "go", "java", "kt", "rs", "rb", "php", "cs", "c", "h"),
        ("md", "rst", "txt", "yml", "yaml", "json", "toml", "ini", "cfg", "conf", "env", "properties", "tf"),
        ("sh", "bash", "sql", "html", "css", "xml", "lua", "mk"),
    )
    for name in names
)


@rule("FILE010")
def yaml_parses(context: Context) -> Iterator[Problem]:
    """A YAML file is well-formed.

    Its readers stop there, often with a misleading message. The rule parses all documents of a file; it skips templates
    with `{{ … }}`. Fix the line.
    """
    for file, at in _faults(context, "yaml"):
        mend = "indent with spaces" if at.text.startswith("a tab") else "fix the line"
        yield Problem("FILE010", f"this is not YAML: {at.text}", place(file, at), mend)


@rule("FILE011")
def yaml_keys_are_given_once(context: Context) -> Iterator[Problem]:
    """A mapping in YAML has no duplicate key.

    Most readers silently use the last one, some the first. Merge the two.
    """
    for file, at in context.everywhere("faults"):
        kind, _, line = at.more.partition(" ")
        if kind == "duplicate":
            also = SourceLocation(str(file), int(line))
            yield Problem("FILE011", f"the key {at.text} is given twice", place(file, at), "merge the two", also)


@rule("FILE012")
def yaml_is_no_bomb(context: Context) -> Iterator[Problem]:
    """A YAML file stays small when its aliases are expanded.

    Ten aliases of ten aliases, nine levels deep, are a billion values: readers that expand them run out of memory.
    Write the values out, or use fewer aliases.
    """
    for file, at in _faults(context, "bomb"):
        yield Problem("FILE012", at.text, place(file, at), "use fewer aliases")


@rule("FILE013")
def json_parses(context: Context) -> Iterator[Problem]:
    """A JSON file is well-formed.

    Comments and last commas are not JSON, except in files whose readers allow them, such as `tsconfig.json`. Fix the
    line, or name the file `.jsonc` if its reader supports that.
    """
    for file, at in _faults(context, "json"):
        yield Problem("FILE013", f"this is not JSON: {at.text}", place(file, at), "fix the line")


@rule("FILE014")
def toml_parses(context: Context) -> Iterator[Problem]:
    """A TOML file is well-formed.

    One wrong line in a `pyproject.toml` stops each tool that is configured there. Fix the line.
    """
    for file, at in _faults(context, "toml"):
        yield Problem("FILE014", f"this is not TOML: {at.text}", place(file, at), "fix the line")


@rule("FILE024")
def python_parses(context: Context) -> Iterator[Problem]:
    """A Python file is well-formed.

    Otherwise it cannot be imported, and no other rule can inspect it. The Python that runs the check parses it, so
    newer syntax is reported, too. Fix the line.
    """
    for file, at in _faults(context, "syntax"):
        words = at.text.partition(" (")[0]
        yield Problem("FILE024", f"this is not Python: {words}", place(file, at), "fix the line")


@rule("FILE020", severity="warning")
def compose_has_no_version(context: Context) -> Iterator[Problem]:
    """A Compose file has no `version:`.

    Compose has ignored it since 2020, and warns at each command. Remove the line.
    """
    for file, at in _faults(context, "obsolete"):
        yield Problem("FILE020", "Compose ignores the version", place(file, at), "remove the line")


@rule("FILE021")
def nothing_is_half_merged(context: Context) -> Iterator[Problem]:
    """No file has the marks of an unresolved merge.

    Readers of the file get both versions and the marks. Choose one version, and remove the marks.
    """
    for file, at in _faults(context, "conflict"):
        yield Problem("FILE021", "this merge conflict was not resolved", place(file, at), "choose one side")


@rule("FILE022", severity="warning")
def no_file_is_large(context: Context) -> Iterator[Problem]:
    """No file of the repository is larger than 5 MB.

    Every clone downloads it with all its versions. Dumps, archives and models belong in a bucket, a registry or Git
    LFS. Remove it from the repository.
    """
    for path in context.tree.files:
        size = _size(path)
        if size > LARGE:
            message = f"{path.name} has {size / 1e6:,.0f} MB"
            yield Problem("FILE022", message, SourceLocation(str(path)), "keep it in a bucket, or in Git LFS")


@rule("FILE023")
def text_has_no_nul(context: Context) -> Iterator[Problem]:
    """A file that is text by its name has no NUL bytes.

    It was truncated by a crash, saved as UTF-16, or is not text. Git shows no diff for it, and readers stop at the
    first NUL. Save it as UTF-8.
    """
    for file, at in _faults(context, "nul"):
        if file.suffix in TEXTS:
            yield Problem(
                "FILE023", f"{file.name} has NUL bytes, so it is not text", place(file, at), "save it as UTF-8"
            )


@rule("FILE025", severity="warning")
def text_is_utf_8(context: Context) -> Iterator[Problem]:
    """A file that is text by its name is UTF-8.

    Another encoding is read as mojibake or not at all, depending on the reader's machine. Save it as UTF-8. Java reads
    `.properties` as Latin-1 where they are not UTF-8 (JEP 226), so the rule skips them.
    """
    for file, at in _faults(context, "utf-8"):
        if file.suffix in TEXTS - {".properties"}:
            yield Problem("FILE025", f"{file.name} is not UTF-8", place(file, at), "save it as UTF-8")


def _faults(context: Context, kind: str) -> Iterator[tuple[Path, At]]:
    return ((file, at) for file, at in context.everywhere("faults") if at.more == kind)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


RULES = (
    yaml_parses,
    yaml_keys_are_given_once,
    yaml_is_no_bomb,
    json_parses,
    toml_parses,
    python_parses,
    compose_has_no_version,
    nothing_is_half_merged,
    no_file_is_large,
    text_has_no_nul,
    text_is_utf_8,
)
