"""The defects of what was made from the description."""

from pathlib import Path

from check.defects import Spoil, both, change, write
from stead.model import load
from stead.render.graph import mermaid
from stead.render.header import marked

README = "README.md"
OLD = "deploy/old/post.yaml"


def drawn(folder: str = ".", edit: tuple[str, str] = ("", "")) -> Spoil:
    """Return a defect: the readme has a picture of a backend in a folder, with something else in it."""

    def spoil(root: Path) -> None:
        picture = mermaid(load(root)).replace(*edit)
        file = root / README
        file.write_text(f"{file.read_text()}\n<!-- graph: {folder} -->\n```mermaid\n{picture}```\n")

    return spoil


PLANTED = {
    "DRIFT010": drawn(edit=("grant", "give")),
    "DRIFT011": change(README, "# Shop\n", "# Shop\n\n<!-- graph: . -->\n"),
    "DRIFT012": write(OLD, marked(OLD, "kind: List\n")),
    "DRIFT013": write(OLD, marked(OLD, "kind: List\n") + "items: []\n"),
    "DRIFT014": both(
        write("deploy/docker/old.Dockerfile", marked("old.Dockerfile", "FROM scratch\n")),
        change(
            "backend.py",
            "\nbackend = Backend(",
            "\n\ndef larger(file: int) -> int:\n    return file\n\n\nbackend = Backend(",
        ),
        change("backend.py", "    jobs=[sweep],", "    jobs=[sweep],\n    edits=[larger],"),
    ),
}
