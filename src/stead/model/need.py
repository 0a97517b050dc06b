"""The needs of a process: resources that Stead creates, and external servers."""

from collections.abc import Sequence

from stead.model.external import External
from stead.model.resource import Resource


class Needing:
    """A process with `needs`: a service, or a job."""

    needs: Sequence[Resource | External]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The resources that Stead creates: databases, keys in Redis, buckets."""
        return tuple(need for need in self.needs if isinstance(need, Resource))

    @property
    def externals(self) -> tuple[External, ...]:
        """The external servers."""
        return tuple(need for need in self.needs if isinstance(need, External))
