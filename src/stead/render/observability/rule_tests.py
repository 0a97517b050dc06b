"""Tests of the rules for `promtool test rules`: for each alert, when it fires and when it does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stead.render.observability.alert import Alert
from stead.render.observability.business_tests import business_rule_tests
from stead.render.observability.context import ObservabilityContext, Observed
from stead.render.observability.rule import RulesFile, rules
from stead.render.observability.rule_test import (
    AlertTest,
    Known,
    RuleTest,
    Series,
    expected,
    instance_labels,
    series,
    service_labels,
)

DEV_RULES = "rules.yaml"


@dataclass(frozen=True)
class RuleTestsFile:
    tests: tuple[RuleTest, ...]
    rule_files: tuple[str, ...] = (DEV_RULES,)
    evaluation_interval: str = "1m"
    group_eval_order: tuple[str, ...] = ()


def alert_rule_tests(observability: ObservabilityContext) -> RuleTestsFile:
    """Return the tests, with the first observed service; none without one."""
    if not observability.observed:
        return RuleTestsFile(())
    file = rules(observability)
    each, known = observability.observed[0], _known(file)
    made = [
        _down(observability, each, known),
        _restarts(observability, each, known),
        *_burning(observability, each, known),
    ]
    made += [
        _slow(observability, each, known),
        *_outbox(observability, each, known),
        _memory(observability, each, known),
    ]
    made += [_too_few(one, known) for one in observability.observed if one.replicas > 1]
    made += business_rule_tests(observability, known)
    return RuleTestsFile(tuple(made), group_eval_order=tuple(group.name for group in file.groups))


def _known(file: RulesFile) -> Known:
    """Return the alerts by name and distinguishing labels."""
    alerts = [rule for group in file.groups for rule in group.rules if isinstance(rule, Alert)]
    return {(each.alert, _series_labels(each.labels)): each for each in alerts}


def _series_labels(labels: Mapping[str, str]) -> str:
    return next((labels[name] for name in ("window", "service", "limit") if name in labels), "")


def _down(observability: ObservabilityContext, each: Observed, known: Known) -> RuleTest:
    labels = instance_labels(observability, each)
    alert = expected(known["InstanceDown", ""], labels)
    return RuleTest(
        "a service that does not answer",
        (series("up", labels, "1x3 0x10"),),
        (AlertTest("3m", "InstanceDown"), AlertTest("6m", "InstanceDown", (alert,))),
    )


def _restarts(observability: ObservabilityContext, each: Observed, known: Known) -> RuleTest:
    labels = instance_labels(observability, each)
    alert = expected(known["Restarting", ""], labels, **{"$value": "3"})
    return RuleTest(
        "a service that starts again and again",
        (series("process_start_time_seconds", labels, "1 1 2 3 4 4"),),
        (AlertTest("3m", "Restarting"), AlertTest("5m", "Restarting", (alert,))),
    )


def _burning(observability: ObservabilityContext, each: Observed, known: Known) -> Iterator[RuleTest]:
    labels, request = instance_labels(observability, each), {"method": "GET", "route": "/v1/things"}
    name = "http_request_duration_seconds_count"
    burning = (
        series(name, {**labels, **request}, "0+50x120", status="200"),
        series(name, {**labels, **request}, "0+50x120", status="503"),
    )
    alert = [
        expected(
            known["ErrorBudgetBurn", window],
            service_labels(observability, each),
            **{"$value | humanizePercentage": "50%"},
        )
        for window in ("1h", "6h", "1d", "3d")
    ]
    yield RuleTest("half of the answers are errors", burning, (AlertTest("90m", "ErrorBudgetBurn", tuple(alert)),))
    fine = (series(name, {**labels, **request}, "0+100x120", status="200"),)
    yield RuleTest("no answer is an error", fine, (AlertTest("90m", "ErrorBudgetBurn"),))
    refused = (series(name, {**labels, **request}, "0+100x120", status="404"),)
    yield RuleTest("a refusal is the client's, and no error", refused, (AlertTest("90m", "ErrorBudgetBurn"),))
    silent = (series(name, {**labels, **request}, "7x120", status="503"),)
    yield RuleTest("nobody asks", silent, (AlertTest("90m", "ErrorBudgetBurn"),))


def _slow(observability: ObservabilityContext, each: Observed, known: Known) -> RuleTest:
    labels = {**instance_labels(observability, each), "method": "GET", "route": "/v1/things", "status": "200"}
    name = "http_request_duration_seconds_bucket"
    alert = expected(
        known["SlowAnswers", ""], service_labels(observability, each), **{"$value | humanizeDuration": "2.485s"}
    )
    return RuleTest(
        "answers that take between one second and two and a half",
        tuple(series(name, labels, f"0+{rise}x30", le=le) for le, rise in (("1.0", 0), ("2.5", 100), ("+Inf", 100))),
        (AlertTest("3m", "SlowAnswers"), AlertTest("15m", "SlowAnswers", (alert,))),
    )


def _outbox(observability: ObservabilityContext, each: Observed, known: Known) -> Iterator[RuleTest]:
    labels, message = instance_labels(observability, each), "award"
    message_labels = {**service_labels(observability, each), "message": message}
    name = "outbox_messages_total"

    def tries(delivered: str, retried: str, given_up: str) -> tuple[Series, ...]:
        outcomes = {"delivered": delivered, "retried": retried, "given_up": given_up}
        rows = outcomes.items()
        return tuple(series(name, labels, value, message=message, outcome=outcome) for outcome, value in rows)

    failing = AlertTest("20m", "OutboxFailing", (expected(known["OutboxFailing", ""], message_labels),))
    yield RuleTest("nothing is delivered", tries("0x30", "0+1x30", "0x30"), (failing,))
    yield RuleTest("some tries fail", tries("0+5x30", "0+1x30", "0x30"), (AlertTest("20m", "OutboxFailing"),))
    gave_up = AlertTest("7m", "OutboxGaveUp", (expected(known["OutboxGaveUp", ""], message_labels),))
    lost = (AlertTest("4m", "OutboxGaveUp"), gave_up)
    yield RuleTest("a message is refused for good", tries("0x30", "0x30", "0x5 1x24"), lost)


def _memory(observability: ObservabilityContext, each: Observed, known: Known) -> RuleTest:
    labels = instance_labels(observability, each)
    alert = known["MemoryNearLimit", f"{each.memory}Mi"]
    used = each.memory * 1_048_576
    expected_alert = expected(alert, labels, **{"$value | humanize1024": _humanized(used)})
    return RuleTest(
        "memory that is all used",
        (series("process_resident_memory_bytes", labels, f"1000x3 {used}x10"),),
        (AlertTest("3m", "MemoryNearLimit"), AlertTest("10m", "MemoryNearLimit", (expected_alert,))),
    )


def _humanized(count: int) -> str:
    """Format a number of bytes as Prometheus's humanize1024 does: four significant digits, and the prefix."""
    value, prefix = float(count), ""
    for prefix in ("", "ki", "Mi", "Gi", "Ti"):  # noqa: B007 - the last one is wanted
        if value < 1024:
            break
        value /= 1024
    return f"{value:.4g}{prefix}"


def _too_few(each: Observed, known: Known) -> RuleTest:
    alert = known["TooFewReplicas", each.name]
    up = [
        series("up", {"job": each.name, "instance": f"10.0.0.{number}:8000"}, "1x3" if number == 1 else "1x20")
        for number in range(1, each.replicas + 1)
    ]
    expected_alert = expected(alert, {}, **{"$value": str(each.replicas - 1)})
    return RuleTest(
        f"a replica of {each.name} that is gone",
        tuple(up),
        (AlertTest("2m", "TooFewReplicas"), AlertTest("15m", "TooFewReplicas", (expected_alert,))),
    )
