"""A client without patience: it asks again and again, and keeps every answer that is not a success."""

import json
import subprocess
import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from stead.testing.backend import STEAD

PAUSE = 0.1  # seconds between two rounds


class Impatient:
    """Asks for each of `paths`, with what its function gives as a credential, for as long as it is entered."""

    def __init__(self, url, paths):
        self._address, self._paths = urlsplit(url).netloc, paths
        self._stop = threading.Event()
        self.asked, self.failed = 0, []
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _ask(self):
        while not self._stop.wait(PAUSE):
            for path, credential in self._paths.items():
                given = credential()
                status = self._status(path, {"Authorization": given} if given else {})
                self.asked += 1
                if status != 200:
                    self.failed.append((path, status))

    def _status(self, path, headers):
        connection = HTTPConnection(self._address, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().status
        except OSError as error:
            return repr(error)
        finally:
            connection.close()


def rotate(backend, *words, well=True):
    return command(backend, "secret", "rotate", *words, "--env", "dev", well=well)


def command(backend, *words, well=True):
    """Run a command whose words stand before the folder."""
    done = subprocess.run(
        [*STEAD, *words, str(backend.folder)], capture_output=True, text=True, timeout=120, check=False
    )
    assert not well or done.returncode == 0, done.stderr
    return done


def rotate_beside_the_story(backend, client):
    """Rotate every secret while the story is played and a client asks; return what was said, and the steps."""
    played = []
    story = threading.Thread(target=lambda: played.append(backend.stead("story", "--json").stdout))
    with client:
        story.start()
        time.sleep(0.3)
        said = rotate(backend).stdout
        story.join()
    return said, [json.loads(line) for text in played for line in text.splitlines()]
