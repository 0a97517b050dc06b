"""A steady stream of requests through a gateway, asked inside of the node's network: that of the container tests."""

import json
import sys
from pathlib import Path

from cluster.images import ROOT

ASK = """
import json, sys, time
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from containers.stream import Stream


class OnePath(Stream):
    RATE = 20
    ASKED = ((sys.argv[3], "GET"),)


with OnePath(sys.argv[2]) as stream:
    while not Path(sys.argv[4]).exists():
        time.sleep(0.2)
print(json.dumps({"asked": stream.asked, "failed": stream.failed}))
"""


class RequestStream:
    """Twenty requests a second, on connections that are kept and on new ones, as long as the block runs."""

    def __init__(self, shipped, path, folder: Path) -> None:
        self._shipped, self._path, self._end = shipped, path, folder / "stream-ends"
        self.asked, self.failed = 0, []

    def __enter__(self):
        words = (sys.executable, "-P", "-c", ASK, ROOT / "tests", self._shipped.gateway, self._path, self._end)
        self._process = self._shipped.node.start(*words)
        return self

    def __exit__(self, *_):
        self._end.touch()
        output, _ = self._process.communicate(timeout=60)
        assert self._process.returncode == 0, output
        answer = json.loads(output.splitlines()[-1])
        self.asked, self.failed = answer["asked"], answer["failed"]
