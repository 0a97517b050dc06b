"""What goes over the wire to and from orders."""

from urllib.parse import quote


class OrdersClient:
    """Orders, as another service calls it."""

    def __init__(self, peer):
        self._peer = peer

    async def order(self, order):
        return await self._peer.ask("POST", "/v1/orders", operation="order", body=order)

    async def state(self, order_id):
        path = f"/v1/orders/{quote(order_id)}/state"
        return await self._peer.ask("GET", path, operation="state")  #! CONTRACT027
