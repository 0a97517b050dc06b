"""`values.yaml`, and the values of each environment: each setting below its help."""

from collections.abc import Iterator, Mapping
from typing import Any

from stead.render import yaml
from stead.render.helm.setting import ChartSettings

STEP = "  "


def defaults_text(settings: ChartSettings) -> str:
    """Return `values.yaml`; what every environment must give itself is named in it, and has no value."""
    missing = [each for each in settings if not each.shared and not each.optional]
    names = [(".".join(each.path), _one_line(each.help)) for each in missing]
    head = "".join(f"# {name}: {about} In values.<environment>.yaml.\n" for name, about in names)
    return head + _text(settings, settings.defaults())


def environment_text(settings: ChartSettings, environment: str) -> str:
    """Return `values.<environment>.yaml`."""
    return _text(settings, settings.of(environment))


def _text(settings: ChartSettings, tree: Mapping[str, Any]) -> str:
    lines = _mapping({each.path: _one_line(each.help) for each in settings}, tree, (), "")
    return "".join(f"{line}\n" for line in lines) if tree else "{}\n"


def _mapping(
    help_: Mapping[tuple[str, ...], str], tree: Mapping[str, Any], path: tuple[str, ...], indent: str
) -> Iterator[str]:
    for key, value in tree.items():
        own = (*path, key)
        if own in help_:
            yield f"{indent}# {help_[own]}"
            text = yaml.written({key: value}) if value is not None else f"{yaml.scalar(key)}: null\n"
            yield from (f"{indent}{line}" for line in text.splitlines())
        else:
            yield f"{indent}{yaml.scalar(key)}:"
            yield from _mapping(help_, value, own, indent + STEP)


def _one_line(text: str) -> str:
    """Return a help as a comment can hold it."""
    return "".join(each if each.isprintable() else " " for each in " ".join(text.split()))
