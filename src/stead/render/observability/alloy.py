"""Alloy's configuration: it follows Docker's log files, and sends this backend's lines to Loki.

It reads Docker's files. Rejected: Docker's socket, with which a log collector could start containers as root. The
overlay makes Docker add the service's name to each line.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stead.render.observability.context import ObservabilityContext

LOGS = "/logs"
PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
PUSH = "http://loki:3100/loki/api/v1/push"
FIELDS = ("level", "request_id", "trace_id")  # of the lines that the kit writes


@dataclass(frozen=True)
class Name:
    """A reference to what another component exports."""

    text: str


Value = str | bool | Name | Mapping[str, str] | tuple["Value", ...]


@dataclass(frozen=True)
class Block:
    """A block of Alloy's configuration: `name "label" { attributes, then blocks }`."""

    name: str
    label: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    blocks: tuple["Block", ...] = ()


@dataclass(frozen=True)
class AlloyFile:
    blocks: tuple[Block, ...]


def alloy(observability: ObservabilityContext) -> AlloyFile:
    """Return the stages of a line: discover, read, label, parse, send."""
    return AlloyFile(
        (
            Block(
                "local.file_match",
                "containers",
                {"path_targets": ({"__path__": f"{LOGS}/*/*-json.log"},), "sync_period": "5s"},
            ),
            Block(
                "loki.source.file",
                "containers",
                {
                    "targets": Name("local.file_match.containers.targets"),
                    "forward_to": (Name("loki.process.lines.receiver"),),
                },
            ),
            Block(
                "loki.process",
                "lines",
                {"forward_to": (Name("loki.write.loki.receiver"),)},
                tuple(_stages(observability)),
            ),
            Block("loki.write", "loki", {}, (Block("endpoint", "", {"url": PUSH}),)),
        )
    )


def _stages(observability: ObservabilityContext) -> Iterator[Block]:
    """Yield the processing of each line; lines of other backends are dropped first."""
    whose = {"project": f'attrs."{PROJECT}"', "service": f'attrs."{SERVICE}"'}
    yield Block("stage.json", "", {"expressions": whose})
    yield Block("stage.labels", "", {"values": {"project": "", "service": ""}})
    # Every line has a file's name; LogQL wants one matcher at least that no empty label meets.
    others = {
        "selector": f'{{filename=~".+", project!="{observability.project}"}}',
        "action": "drop",
        "drop_counter_reason": "of_others",
    }
    yield Block("stage.match", "", others)
    yield Block("stage.docker")
    yield Block("stage.json", "", {"expressions": dict.fromkeys(FIELDS, "")})
    yield Block("stage.labels", "", {"values": {"level": ""}})
    yield Block("stage.structured_metadata", "", {"values": dict.fromkeys(FIELDS[1:], "")})
    yield Block("stage.static_labels", "", {"values": {"backend": observability.name}})
    yield Block("stage.label_drop", "", {"values": ("filename", "project")})


def written(file: AlloyFile) -> str:
    """Return the text of a file."""
    return "\n\n".join("\n".join(_block(block, "")) for block in file.blocks) + "\n"


def _block(block: Block, indent: str) -> Iterator[str]:
    head = f"{indent}{block.name}" + (f" {json.dumps(block.label)}" if block.label else "")
    if not block.attributes and not block.blocks:
        yield f"{head} {{ }}"
        return
    yield f"{head} {{"
    width = max(map(len, block.attributes), default=0)
    for name, value in block.attributes.items():
        yield f"{indent}\t{name:<{width}} = {_value(value)}"
    for number, inner in enumerate(block.blocks):
        if number or block.attributes:
            yield ""
        yield from _block(inner, f"{indent}\t")
    yield f"{indent}}}"


def _value(value: Value) -> str:
    if isinstance(value, Name):
        return value.text
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
