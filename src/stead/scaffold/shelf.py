"""The shelf as a description sees it: what is written to have one of its services."""

from dataclasses import dataclass

from stead.scaffold.addition import Addition


@dataclass(frozen=True, slots=True)
class ShelfService:
    """A ready service.

    name    what its process is called unless someone says otherwise
    about   one line for who chooses
    more    arguments after the name
    needs   names of `stead` that these arguments use
    front   whether it has routes for those outside
    users   whether the gateway accepts what it issues
    """

    name: str
    about: str
    more: str = ""
    needs: tuple[str, ...] = ()
    front: bool = True
    users: bool = False


SHELF = {
    "auth": ShelfService("auth-service", "sign-up by webhook, and verification of credentials"),
    "content": ShelfService("content-service", "articles, events and registrations"),
    "crews": ShelfService("crews", "groups of an event (boats, tents, tables, buses) and their members"),
    "events": ShelfService("events", "events with seats that are booked, held and paid"),
    "media": ShelfService("media", "files that are verified before they are published"),
    "notifications": ShelfService("notifications", "messages to users by Telegram and e-mail"),
    "payments": ShelfService("payments", "payments of bookings, and refunds"),
    "points": ShelfService("points-service", "a double-entry ledger of points"),
    "referrals": ShelfService("referral-service", "referral codes and which user invited which"),
    "secrets": ShelfService("secrets", "values by key, for declared callers", front=False),
    "sessions": ShelfService("sessions", "sessions and access tokens", "store=Postgres()", ("Postgres",), users=True),
    "tokens": ShelfService("token-service", "API tokens that users make for their programs", users=True),
    "users": ShelfService("users", "sign-up by e-mail, sign-in, recovery, roles"),
}


def from_shelf(kind: str, name: str = "") -> Addition:
    """Return what a description needs for a service from the shelf, under a name of its own or its usual one."""
    ready = SHELF[kind]
    called = name or ready.name
    arguments = ", ".join(text for text in (f'"{called}"', ready.more) if text)
    return Addition(
        name=called,
        imports=(("stead.services", kind), *(("stead", each) for each in ready.needs)),
        expression=f"{kind}.service({arguments})",
        front=ready.front,
        users=f"{kind}.users" if ready.users else "",
    )
