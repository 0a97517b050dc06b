"""Programs as stages of a stream: a source to read from, a sink to write to.

A shell's pipe reports only its last stage, and `pipefail` only a number. Here the exit status of every program counts,
and the error holds its output.
"""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Self

from stead.ops.backup.error import PipelineError

ERROR_BYTES = 4000  # bytes of a program's last output
TIMEOUT = 5.0  # seconds for a program that was told to end


class PipelineStage:
    """One program; the end of the block terminates it."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], name: str) -> None:
        self.name = name
        self._errors: IO[bytes] = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed with the stage
        try:
            self.process = subprocess.Popen(
                command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
            )
        except OSError as error:
            self._errors.close()
            raise PipelineError(name, f"cannot start {command[0]}: {error.strerror}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Terminate the program; a second call does nothing."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(TIMEOUT)
        if self.process.poll() is None:
            self.process.kill()
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            with suppress(OSError):  # the rest of the output has no reader any more
                if stream:
                    stream.close()
        self.process.wait()

    def read(self, size: int = -1) -> bytes:
        """Return output of the program; at its end PipelineError when it failed."""
        assert self.process.stdout
        found = self.process.stdout.read(size)
        if not found:
            self.wait()
        return found

    def write(self, data: bytes) -> int:
        """Write input to the program; PipelineError when it has ended."""
        assert self.process.stdin
        try:
            self.process.stdin.write(data)
        except BrokenPipeError:
            self.wait()
            raise PipelineError(self.name, "it ended before it had read its input") from None
        return len(data)

    def over(self) -> None:
        """Close the input."""
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.close()

    def finish(self) -> bytes:
        """Close the input, and return the output; PipelineError when the program fails."""
        assert self.process.stdout
        self.over()
        output = self.process.stdout.read()
        self.wait()
        return output

    def wait(self) -> None:
        """Wait for the end; PipelineError when the program failed."""
        status = self.process.wait()
        if status:
            reason = f"it was killed by signal {-status}" if status < 0 else f"it ended with status {status}"
            raise PipelineError(self.name, self.last_error() or reason)

    def last_error(self) -> str:
        """Return the last lines of the program's standard error."""
        end = self._errors.seek(0, 2)
        self._errors.seek(max(0, end - ERROR_BYTES))
        return self._errors.read().decode(errors="replace").strip().removeprefix(f"{self.name}: ")
