from stead import Backend, Service
from stead.model import Settings, var


class Told(Settings):
    """All that an environment can hold."""

    currency: str = var(default="EUR")
    limit: int | None = var(default=None)
    rate: float = var(default=0.5)
    strict: bool = var(default=False)
    zones: tuple[str, ...] = var(default=())


orders = Service("orders", command="python main.py", folder="orders", settings=Told)
backend = Backend("shop", services=[orders])
