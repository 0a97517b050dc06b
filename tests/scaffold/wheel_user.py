"""A user who has the built wheel, an empty HOME and uv, and who follows a document's blocks as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
BLOCK = re.compile(
    r"^(?:<!-- fails: (?P<fails>.+?) -->\n)?```(?P<kind>sh|python|diff)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$",
    re.M | re.S,
)
READ_URL = "import json, sys; print(json.load(sys.stdin)['url'])"
ADDRESS = f'address() {{ stead status --json | {sys.executable} -c "{READ_URL}"; }}'
DOWNLOADS = ("PIP_", "UV_", "SSL_")  # where the package index is, and what was downloaded before


class WheelUser:
    """A home with `stead` installed by `uv tool install`; nothing of this clone is on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.home, self.wheels, tools = folder / "home", folder / "wheels", folder / "tools"
        for each in (self.home, self.wheels, tools):
            each.mkdir()
        (tools / "uv").symlink_to(UV)
        self.bin = self.home / ".local/bin"
        path = os.pathsep.join([str(self.bin), str(tools), *filter(None, os.defpath.split(os.pathsep))])
        cache = os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache/uv")
        index = {name: value for name, value in os.environ.items() if name.startswith(DOWNLOADS)}
        self.environ = {**index, "HOME": str(self.home), "PATH": path, "UV_CACHE_DIR": cache, "LC_ALL": "C.UTF-8"}
        self.environ["UV_PROJECT_ENVIRONMENT"] = str(folder / "environment")  # one for all projects: it takes seconds
        self.environ |= {"UV_FIND_LINKS": str(self.wheels), "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}
        self.run(UV, "build", "--wheel", "--quiet", "--out-dir", self.wheels, cwd=ROOT)
        self.wheel = next(self.wheels.glob("*.whl"))
        self.run(UV, "tool", "install", "--quiet", self.wheel)

    def run(self, *words: str | Path, cwd: Path | None = None, fails: str = "", text: str | None = None) -> str:
        """Run a command that must succeed, or fail with the text that is given; return its output."""
        ended = subprocess.run(
            [str(word) for word in words],
            cwd=cwd or self.home,
            env=self.environ,
            input=text,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        output = ended.stdout + ended.stderr
        assert (ended.returncode != 0) == bool(fails), f"{' '.join(map(str, words))}\n{output}"
        assert fails in output
        assert "Traceback" not in output
        return output


class Reader:
    """Follows the blocks of a document; the folder and TOKEN of a shell outlive a block, as in a terminal."""

    def __init__(self, user: WheelUser, project: Path) -> None:
        self.user, self.project = user, project
        self.state = user.home / f".{project.name}-shell"
        self.state.write_text(f"cd {user.home}\n")

    def follow(self, document: str) -> list[str]:
        """Return the output of each block."""
        return [self.block(**match.groupdict()) for match in BLOCK.finditer(document)]

    def block(self, kind: str, file: str | None, text: str, fails: str | None) -> str:
        if kind == "diff":
            return self.user.run("patch", "--strip=1", "--fuzz=0", cwd=self.project, text=text)
        if kind == "python":
            (self.project / str(file)).write_text(text)
            return ""
        return self.shell(text, fails or "")

    def shell(self, text: str, fails: str) -> str:
        """Run a block as it is written, except that the port is a free one, and that `up` returns."""
        text = re.sub(r"^stead up( -d)?(?=$|\s)", "stead up -d --port 0", text, flags=re.M)
        text = text.replace("localhost:8080", "$(address)")
        save = f"echo \"cd $PWD; TOKEN='$TOKEN'\" >{self.state}"
        return self.user.run("bash", "-c", f". {self.state}; {ADDRESS}; set -e\n{text}\n{save}", fails=fails)

    def leave(self) -> None:
        """Stop the backend and remove the project."""
        if self.project.is_dir():
            self.user.run("bash", "-c", "stead down || true", cwd=self.project)  # a document may end with `stead down`
            shutil.rmtree(self.project)
