"""A setting that may change while a process runs, for the rotation of a key without a restart.

The newer text is in the file that `<NAME>_FILE` names, which an orchestrator replaces, or in a file of that name in the
folder that `ROTATED_SETTINGS` names, where `stead secret rotate` puts it. The file's state is read once a second.
Rejected: a watch of the file system, since a mounted Secret changes by a symbolic link two folders above.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from stead.model import Settings
from stead.model.environment_value import SUFFIX

logger = logging.getLogger(__name__)

FOLDER = "ROTATED_SETTINGS"
LOOK = 1.0  # seconds between two looks
ASK_AGAIN = 5.0  # seconds after which a value of a secrets service is read again in the background


class LiveSetting:
    """One setting; `text` is its present value, and `separator` separates several values."""

    def __init__(
        self,
        name: str,
        text: str,
        environ: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        separator: str = "",
    ) -> None:
        self.name, self.text, self._separator = name, text, separator
        self._clock = clock
        self._path = _path(name, os.environ if environ is None else environ)
        self._state: tuple[int, int, int] | None = None
        self._looked = -LOOK

    @classmethod
    def of(cls, settings: Settings, field: str) -> "LiveSetting":
        """Return the setting of a field, with the separator that is declared for it."""
        [declared] = [each for each in settings.declared() if each.name == field.upper()]
        return cls(declared.name, getattr(settings, field) or "", separator=declared.several)

    @property
    def values(self) -> tuple[str, ...]:
        """Its values now: each is accepted, and the first is shown; two while the setting is rotated."""
        self.changed()
        parts = self.text.split(self._separator) if self._separator else (self.text,)
        return tuple(part.strip() for part in parts if part.strip()) or (self.text,)

    def changed(self) -> bool:
        """Read the file, at most once a second; return whether `text` has changed."""
        now = self._clock()
        if self._path is None or now - self._looked < LOOK:
            return False
        self._looked = now
        try:
            found = self._path.stat()
            state = (found.st_mtime_ns, found.st_ino, found.st_size)
            if state == self._state:
                return False
            text = self._path.read_text(encoding="utf-8").rstrip("\r\n")
        except FileNotFoundError:  # never rotated, or between two links of a mount
            return False
        except (OSError, UnicodeDecodeError) as error:
            logger.warning("%s cannot be read again, and keeps its value: %s", self.name, type(error).__name__)
            return False
        self._state = state
        before, self.text = self.text, text or self.text
        return self.text != before


def _path(name: str, environ: Mapping[str, str]) -> Path | None:
    """Return where a newer text may be; a value that a person put into the environment is changed by the folder alone.

    A value that is the text of its file was put there from it, and is changed by the file.
    """
    text, file = environ.get(name), environ.get(name + SUFFIX)
    if file and (not text or text == _text(file)):
        return Path(file)
    folder = environ.get(FOLDER)
    return Path(folder) / name if folder else None


def _text(file: str) -> str | None:
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return None  # then the value did not come from there
