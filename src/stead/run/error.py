"""Errors of a run on this machine.

Errors of this package:
    SteadError
    ├── PostgresError        (postgres) the embedded PostgreSQL cannot start
    └── RunError             the backend cannot be run, or is not running
        ├── AlreadyRunsError      another `stead up` holds this backend
        ├── PortTakenError        a port that was asked for is in use
        ├── NotRunningError       there is nothing to ask
        └── MissingSettingsError  values that a person must give: all of them
"""

from stead.model import SteadError


class RunError(SteadError):
    """The backend cannot be run here, or is not running."""


class AlreadyRunsError(RunError):
    """Another `stead up` holds this backend."""


class PortTakenError(RunError):
    """A requested port is in use."""


class NotRunningError(RunError):
    """The backend does not run."""


class MissingSettingsError(RunError):
    """Values that a person must give."""
