"""Programs as stages of a stream: one that is read from, one that is written to.

A pipe in a shell tells of its last stage only, and `pipefail` of a number only. Here every program is held to its exit
status, and what it said is in the error.
"""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Self

from stead.ops.backup.error import PipelineError

ERROR_BYTES = 4000  # bytes of a program's last words
TIMEOUT = 5.0  # seconds for a program that was told to end


class PipelineStage:
    """One program; leaving its block ends it, however it is."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], name: str) -> None:
        self.name = name
        self._errors: IO[bytes] = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed with the stage
        try:
            self.process = subprocess.Popen(
                command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
            )
        except OSError as error:
            self._errors.close()
            raise PipelineError(name, f"{command[0]} does not start: {error.strerror}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the program, however it is; asked again, nothing."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(TIMEOUT)
        if self.process.poll() is None:
            self.process.kill()
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            with suppress(OSError):  # what was still to be written has no reader any more
                if stream:
                    stream.close()
        self.process.wait()

    def read(self, size: int = -1) -> bytes:
        """Return what the program writes; at its end PipelineError when it ended badly."""
        assert self.process.stdout
        found = self.process.stdout.read(size)
        if not found:
            self.wait()
        return found

    def write(self, data: bytes) -> int:
        """Hand the program some of its input; PipelineError when it has ended."""
        assert self.process.stdin
        try:
            self.process.stdin.write(data)
        except BrokenPipeError:
            self.wait()
            raise PipelineError(self.name, "it ended before it had read everything") from None
        return len(data)

    def over(self) -> None:
        """Say that the input is over."""
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.close()

    def finish(self) -> bytes:
        """Say that the input is over, and return what it says when it has ended well."""
        assert self.process.stdout
        self.over()
        output = self.process.stdout.read()
        self.wait()
        return output

    def wait(self) -> None:
        """Wait for the end; PipelineError when it is a bad one."""
        status = self.process.wait()
        if status:
            reason = f"it was killed by signal {-status}" if status < 0 else f"it ended with status {status}"
            raise PipelineError(self.name, self.last_error() or reason)

    def last_error(self) -> str:
        """Return the last of what the program complained of."""
        end = self._errors.seek(0, 2)
        self._errors.seek(max(0, end - ERROR_BYTES))
        return self._errors.read().decode(errors="replace").strip().removeprefix(f"{self.name}: ")
