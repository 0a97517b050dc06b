"""What a process needs: resources that Stead makes, and what runs elsewhere."""

from collections.abc import Sequence

from stead.model.external import External
from stead.model.resource import Resource


class Needing:
    """A process with `needs`: a service, or a job."""

    needs: Sequence[Resource | External]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """What it needs of what Stead makes: databases, keys in Redis, buckets."""
        return tuple(need for need in self.needs if isinstance(need, Resource))

    @property
    def externals(self) -> tuple[External, ...]:
        """What it needs that runs elsewhere."""
        return tuple(need for need in self.needs if isinstance(need, External))
