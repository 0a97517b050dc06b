"""The keys with which processes sign their calls."""

import asyncio
from dataclasses import dataclass
from functools import partial

from stead.kit.key import new_private_key
from stead.model import Gateway, Process
from stead.model.wiring import KEYRING, PRIVATE_KEY
from stead.run.error import RunError
from stead.run.rotation.value import NOTICED, Run, put_again

AGAIN = 30.0  # seconds until the agent of the gateway has restarted


@dataclass(frozen=True)
class SigningKey:
    """The key with which a process signs its calls: its callees take two."""

    run: Run
    process: Process
    noticed = NOTICED
    done = "it signs with the new key, and its callees refuse the old one"

    @property
    def name(self) -> str:
        return f"{self.process.name}.{PRIVATE_KEY.name}"

    @property
    def _key(self) -> str:
        return f"key:{self.process.name}"

    @property
    def is_rotated(self) -> bool:
        return self.run.plans.secrets.is_rotated(self._key)

    def check(self) -> None:
        """Nothing: it can be rotated at any time."""

    async def add(self) -> None:
        self.run.plans.secrets.add(self._key, new_private_key(self.process.name))
        put_again(self.run, KEYRING.name)

    async def move(self) -> None:
        self.run.plans.secrets.move(self._key)
        put_again(self.run, PRIVATE_KEY.name, [self.process.name])
        if isinstance(self.process, Gateway):
            await self._start_agent_again(self.process)

    async def _start_agent_again(self, gateway: Gateway) -> None:
        """Restart the agent with the new key; the gateway continues with its present tokens."""
        plans = self.run.plans
        edge = plans.edge(gateway)
        healthy = partial(plans.reached, edge.agent, "healthy")
        self.run.processes[edge.agent].plan = next(edge.plans(healthy))
        await self.run.processes[edge.agent].restart()
        status = plans.board.statuses[edge.agent]
        try:
            async with asyncio.timeout(AGAIN):
                while status.state != "healthy":
                    await plans.board.changed()
        except TimeoutError:
            mend = f"stead logs {edge.agent}, and then: stead secret rotate {self.name}"
            raise RunError(f"{edge.agent} is {status.state} with the new key of {gateway.name}: {mend}") from None

    async def end(self) -> None:
        self.run.plans.secrets.end(self._key)
        put_again(self.run, KEYRING.name)
