"""The tutorial, block by block, as a reader would: commands are run, changes are made, files are written."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"^(?:<!-- fails: (?P<fails>.+?) -->\n)?```(?P<kind>\w+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$", re.M | re.S
)
ADDRESS = "address() { stead status --json | python -c 'import json, sys; print(json.load(sys.stdin)[\"url\"])'; }"
NEEDED = [tool for tool in ("bash", "curl", "patch") if not shutil.which(tool)]


class Reader:
    """Somebody who follows the tutorial in a folder of their own; a shell's folder and variables outlive a block."""

    def __init__(self, folder):
        self.folder, self.shop, self.output = folder, folder / "shop", ""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environ = {name: value for name, value in os.environ.items() if not name.endswith("_URL")} | {"PATH": path}
        (folder / ".where").write_text(str(folder))

    def does(self, block):
        if block["kind"] == "diff":
            self.run(["patch", "--strip=1", "--fuzz=0"], cwd=self.shop, input=block["text"])
        elif block["kind"] == "python":
            (self.shop / block["file"]).write_text(block["text"])
        else:
            self.shell(block["text"], block["fails"])

    def shell(self, text, fails):
        """Run a block as it is written, but for the port, which is whatever is free."""
        text = re.sub(r"^stead up -d$", "stead up -d --port 0", text, flags=re.M)
        text = text.replace("localhost:8080", "$(address)")
        kept = f"pwd >{self.folder}/.where; declare -p TOKEN >{self.folder}/.variables 2>/dev/null || true"
        script = f'cd "$(cat {self.folder}/.where)"; . {self.folder}/.variables; {ADDRESS}; set -e; {text}\n{kept}'
        (self.folder / ".variables").touch()
        self.run(["bash", "-c", script], cwd=self.folder, fails=fails)

    def run(self, words, *, fails=None, **how):
        done = subprocess.run(words, capture_output=True, text=True, env=self.environ, timeout=120, check=False, **how)
        self.output = done.stdout + done.stderr
        assert (done.returncode != 0) == bool(fails), f"{words[-1]}\n{self.output}"
        assert (fails or "") in self.output


@pytest.mark.skipif(NEEDED != [], reason=f"not installed: {', '.join(NEEDED)}")
def test_the_tutorial_can_be_followed():
    blocks = [match.groupdict() for match in BLOCK.finditer((ROOT / "docs/tutorial.md").read_text())]
    assert len(blocks) > 15
    said = []
    with tempfile.TemporaryDirectory(prefix="stead-tutorial-") as folder:
        reader = Reader(Path(folder))
        try:
            for block in blocks:
                reader.does(block)
                said.append(reader.output)
        finally:
            if reader.shop.is_dir():
                subprocess.run(
                    [sys.executable, "-P", "-m", "stead", "down", str(reader.shop)], capture_output=True, check=False
                )
    codes = [code for text in said for code in re.findall(r"(?<!\d)(4\d\d)$", text, re.M)]
    assert codes == ["401", "401", "404"]
    balances = [balance for text in said for balance in re.findall(r'"balance": ?(\d+)', text)]
    assert balances == ["1", "2"]
    assert any("All is well" in text for text in said[-1:])
