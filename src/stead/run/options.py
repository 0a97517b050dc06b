"""The options of a run."""

from dataclasses import dataclass, field

from stead.run.selection import Selection
from stead.run.workerd_gateway import WorkerFiles


@dataclass(frozen=True)
class Options:
    """The options of a run. `selection`: a part of the backend.

    port          the gateway's; 0 is any free one, None the usual one
    runs          how many runs the console keeps, this one among them
    worker_files  see ProcessSpecs
    """

    environment: str = "dev"
    port: int | None = None
    reload: bool = False
    selection: Selection = field(default_factory=Selection)
    worker_files: WorkerFiles | None = None
    runs: int = 10
