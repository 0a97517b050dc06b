"""The phases of a rotation, for one secret or for many."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from stead.run.error import RunError
from stead.run.fixed_secrets import STAYS, fixed_secrets
from stead.run.rotation.discovery import rotations
from stead.run.rotation.shared_secret import SharedSecret
from stead.run.rotation.value import NOTICED, Rotation, Run, renew

T = TypeVar("T")


async def rotate(run: Run, names: Sequence[str]) -> list[str]:
    """Rotate the secrets of these names, or all; an interrupted rotation is completed first."""
    known = {each.name: each for each in rotations(run)}
    chosen = _chosen(known, names)
    for each in chosen:
        each.check()
    if interrupted := [each for each in chosen if each.is_rotated]:
        await _go_through(run, interrupted, ("move", "end"))  # a callee accepts two keys, not three
    await _go_through(run, chosen, ("add", "move", "end"))
    stay = [] if names else [f"{name}: {STAYS}" for name in fixed_secrets(run.plans.settings, known)]
    return [*(f"{each.name}: {each.done}" for each in chosen), *stay]


async def _go_through(run: Run, chosen: Sequence[Rotation], phases: Sequence[str]) -> None:
    for phase in phases:
        for each in chosen:
            await getattr(each, phase)()
        renew(run)
        await asyncio.sleep(max(each.noticed for each in chosen) if phase == "add" else NOTICED)


async def end(run: Run, names: Sequence[str]) -> list[str]:
    """End the earlier value of secrets that are shown outside of the run."""
    secrets = {each.name: each for each in rotations(run) if isinstance(each, SharedSecret)}
    chosen = _chosen({name: each for name, each in secrets.items() if each.is_rotated}, names)
    for each in chosen:
        await each.forget()
    renew(run)
    await asyncio.sleep(max(each.noticed for each in chosen))
    return [f"{each.name}: the earlier value is not accepted any more" for each in chosen]


def _chosen(known: dict[str, T], names: Sequence[str]) -> list[T]:
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        raise RunError(
            f"{', '.join(unknown) or 'nothing'} cannot be rotated here; the secrets are {', '.join(known) or 'none'}"
        )
    return [known[name] for name in names or known]
