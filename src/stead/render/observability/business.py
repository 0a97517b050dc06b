"""Alerts on business metrics of the services of the shelf.

A value comes from a database, so each replica reports the same one: the largest counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stead.render.observability.alert import Alert

HOUR, DAY = 3600, 86_400  # seconds


@dataclass(frozen=True)
class BusinessAlert:
    """An alert on one metric of a kind of service.

    above  the value that is too much
    label  a label of the metric beside those of every service, and the value that it has in the alert's test
    where  a selector of series
    """

    alert: str
    metric: str
    above: int
    for_: str
    severity: str
    summary: str
    description: str
    label: tuple[str, str] = ("", "")
    where: str = ""

    def rule(self) -> Alert:
        by = ", ".join(("backend, kind, service", *filter(None, self.label[:1])))
        expr = f"max by ({by}) ({self.metric}{self.where}) > {self.above}"
        labels, annotations = {"severity": self.severity}, {"summary": self.summary, "description": self.description}
        return Alert(self.alert, expr, self.for_, labels, annotations)


ALERTS: Mapping[str, tuple[BusinessAlert, ...]] = {
    "events": (
        BusinessAlert(
            "HoldsOverdue",
            "bookings_overdue",
            0,
            "5m",
            "page",
            "{{ $labels.service }} does not release expired holds",
            "Expired holds and offers still block seats, which cannot be sold. Read the log of the service.",
        ),
    ),
    "notifications": (
        BusinessAlert(
            "MessagesDead",
            "notifications_dead",
            0,
            "5m",
            "ticket",
            "{{ $labels.service }} could not send {{ $value }} messages",
            "GET /v1/notifications/dead-letters shows the reason; POST …/{message_id}/retry sends one message again.",
        ),
    ),
    "payments": (
        BusinessAlert(
            "PaymentsOpenTooLong",
            "payments_oldest_open_seconds",
            2 * HOUR,
            "5m",
            "page",
            "a payment by {{ $labels.provider }} has been open for more than two hours",
            "The provider gives no final state to the reconciliation: read the log, and the provider's status page.",
            label=("provider", "yookassa"),
            where='{provider!="qr"}',
        ),
        BusinessAlert(
            "ProofsUndecided",
            "payments_oldest_open_seconds",
            DAY,
            "5m",
            "ticket",
            "a payment by QR code has waited for more than a day",
            "The organizer of the event must accept or decline its proof.",
            label=("provider", "qr"),
            where='{provider="qr"}',
        ),
        BusinessAlert(
            "RefundsPendingTooLong",
            "refunds_oldest_pending_seconds",
            DAY,
            "5m",
            "page",
            "a refund has been pending for more than a day",
            "The provider has not confirmed it, or an organizer has not settled it by hand.",
        ),
    ),
}


def business_alerts(kinds: Mapping[str, object]) -> Iterator[tuple[str, BusinessAlert]]:
    """Yield the alerts of the kinds that a backend has, each with its kind."""
    for kind, alerts in ALERTS.items():
        if kind in kinds:
            yield from ((kind, each) for each in alerts)
