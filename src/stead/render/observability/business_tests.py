"""Tests of the business alerts, which `promtool test rules` runs: each comes above its limit, and not at it."""

from collections.abc import Iterator

from stead.render.observability.business import BusinessAlert, business_alerts
from stead.render.observability.context import ObservabilityContext
from stead.render.observability.rule_test import (
    AlertTest,
    Known,
    RuleTest,
    expected,
    instance_labels,
    series,
    service_labels,
)

MINUTES = 15  # the longest that an alert waits, and some more


def business_rule_tests(observability: ObservabilityContext, known: Known) -> Iterator[RuleTest]:
    for kind, each in business_alerts(observability.kinds):
        yield _test(observability, kind, each, known)


def _test(observability: ObservabilityContext, kind: str, each: BusinessAlert, known: Known) -> RuleTest:
    service = observability.kinds[kind][0]
    extra = dict([each.label]) if each.label[0] else {}
    labels = {**service_labels(observability, service), **extra}
    values = f"{each.above}x{MINUTES} {each.above + 1}x{MINUTES}"
    alert = expected(known[each.alert, ""], labels, **{"$value": str(each.above + 1)})
    return RuleTest(
        f"{each.metric} above {each.above} of {kind}, for {each.alert}",
        (series(each.metric, {**instance_labels(observability, service), **extra}, values),),
        (AlertTest(f"{MINUTES}m", each.alert), AlertTest(f"{2 * MINUTES}m", each.alert, (alert,))),
    )
