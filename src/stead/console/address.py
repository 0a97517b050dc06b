"""Where the console of a backend answers, and the token that opens it: `.stead/console.json`, for this user only."""

from dataclasses import dataclass

from stead.run.error import RunError
from stead.run.port import HOST
from stead.run.state_directory import Folder

FILE = "console.json"
PORTS = 65_536


@dataclass(frozen=True)
class Address:
    """The console of the last run; it answers as long as that run goes on."""

    port: int
    token: str

    @classmethod
    def read(cls, folder: Folder) -> "Address | None":
        """Return what the last run wrote down; None when none did, or when what is there cannot be used."""
        try:
            record = folder.read_json(FILE)
            made = cls(int(record["port"]), str(record["token"])) if record else None
        except (RunError, KeyError, TypeError, ValueError):
            return None
        return made if made and 0 < made.port < PORTS and made.token else None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def link(self) -> str:
        """The address that opens the page: it holds the token."""
        return f"{self.url}/?token={self.token}"
