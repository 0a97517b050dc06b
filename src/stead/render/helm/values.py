"""`values.yaml`, and the values of each environment: each setting below its help."""

from collections.abc import Iterator, Mapping
from typing import Any

from stead.render import yaml
from stead.render.environment_alias import short
from stead.render.helm.setting import ChartSetting, ChartSettings

STEP = "  "


def defaults_text(settings: ChartSettings) -> str:
    """Return `values.yaml`; what every environment must give itself is named in it, and has no value."""
    missing = [each for each in settings if not each.shared and not each.optional]
    head = "".join(f"# {'.'.join(each.path)}: {_one_line(each.help)} In {_files(each)}.\n" for each in missing)
    return head + _text(settings, settings.defaults())


def file_of(environment: str) -> str:
    """Return the name of the file with an environment's values."""
    return f"values.{short(environment)}.yaml"


def _files(setting: ChartSetting) -> str:
    """Name the files that have a setting, as they are called."""
    *others, last = [file_of(environment) for environment in setting.given]
    return f"{', '.join(others)} and {last}" if others else last


def environment_text(settings: ChartSettings, environment: str) -> str:
    """Return the file of an environment's values."""
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
