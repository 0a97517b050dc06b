from stead.model import Settings, var


class Told(Settings):
    """What mail is told."""

    stock_service_url: str = var()  #! BOUNDARY012
