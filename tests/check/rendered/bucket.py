"""Defects of buckets and of the server that they are in."""

from check.rendered.defect import Defect

FILE = "compose/compose.yaml"
MAKER, STORE = "\n  s3-buckets:\n", "\n  s3-store:\n"


def _base(before: str, after: str, found: dict[str, str], within: str) -> Defect:
    return Defect(FILE, before, after, found, within, "albums")


DEFECTS = {
    "versions that are not kept": _base("versioned:30", "plain:30", {"COMPOSE037": "plain:30"}, MAKER),
    "pictures that stay for ever": _base("versioned:30", "versioned:0", {"COMPOSE037": "versioned:0"}, MAKER),
    "a bucket for everybody": _base(
        "    command:\n",
        "    entrypoint: mc anonymous set public s3/albums\n    command:\n",
        {"COMPOSE037": "entrypoint:"},
        MAKER,
    ),
    "a bucket that is made once": _base(
        "    command:\n", "    entrypoint: mc mb s3/albums\n    command:\n", {"COMPOSE037": "entrypoint:"}, MAKER
    ),
    "a server of buckets beside its door": _base(
        "    networks:\n", "    ports:\n      - '8333:8333'\n    networks:\n", {"COMPOSE010": "- '8333"}, STORE
    ),
    "who does not wait for its buckets": _base(
        "      s3-buckets:\n        condition: service_completed_successfully\n",
        "",
        {"COMPOSE025": "depends_on:"},
        "\n  albums:\n",
    ),
}
