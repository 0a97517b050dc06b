"""What a test asks the console of a backend that runs."""

import json
import time

import httpx2

from stead.console.address import Address
from stead.run.state_directory import Folder


class Page:
    """The console's answers."""

    def __init__(self, backend):
        self.address = Address.read(Folder(backend.folder / "backend.py"))
        self.client = httpx2.Client(
            base_url=self.address.url, headers={"authorization": f"Bearer {self.address.token}"}, timeout=10
        )

    def get(self, path, **query):
        answer = self.client.get(f"/api/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def until(self, holds, path, **query):
        end = time.monotonic() + 20
        while not holds(found := self.get(path, **query)):
            assert time.monotonic() < end, json.dumps(found)[:3000]
            time.sleep(0.2)
        return found
