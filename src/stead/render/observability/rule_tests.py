"""Trials of the rules, which `promtool test rules` makes: for each alert, when it comes and when it does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stead.render.observability.context import ObservabilityContext, Observed
from stead.render.observability.rule import Alert, RulesFile, rules

DEV_RULES = "rules.yaml"


@dataclass(frozen=True)
class Series:
    """A time series, one sample a minute, as promtool writes them: `0+60x10` is 0, 60, … ten times."""

    series: str
    values: str


@dataclass(frozen=True)
class Expected:
    exp_labels: Mapping[str, str]
    exp_annotations: Mapping[str, str]


@dataclass(frozen=True)
class AlertTest:
    eval_time: str
    alertname: str
    exp_alerts: tuple[Expected, ...] = ()


@dataclass(frozen=True)
class RuleTest:
    name: str
    input_series: tuple[Series, ...]
    alert_rule_test: tuple[AlertTest, ...]
    interval: str = "1m"


@dataclass(frozen=True)
class RuleTestsFile:
    tests: tuple[RuleTest, ...]
    rule_files: tuple[str, ...] = (DEV_RULES,)
    evaluation_interval: str = "1m"
    group_eval_order: tuple[str, ...] = field(default=("records", "availability", "budget", "work"))


def alert_rule_tests(observability: ObservabilityContext) -> RuleTestsFile:
    """Return the trials, made with the first of the observed services; none when nothing is observed."""
    if not observability.observed:
        return RuleTestsFile(())
    each, known = observability.observed[0], _known(rules(observability))
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
    return RuleTestsFile(tuple(made))


Known = Mapping[tuple[str, str], Alert]


def _known(file: RulesFile) -> Known:
    """Return the alerts by name and by what tells those of one name apart."""
    alerts = [rule for group in file.groups for rule in group.rules if isinstance(rule, Alert)]
    return {(each.alert, _apart(each.labels)): each for each in alerts}


def _apart(labels: Mapping[str, str]) -> str:
    return next((labels[name] for name in ("window", "service", "limit") if name in labels), "")


def _labels(observability: ObservabilityContext, each: Observed) -> dict[str, str]:
    return {"backend": observability.name, "kind": each.kind, "service": each.name}


def _instance(observability: ObservabilityContext, each: Observed) -> dict[str, str]:
    return {**_labels(observability, each), "instance": f"{each.name}:8000", "job": each.name}


def _series(name: str, labels: Mapping[str, str], values: str, **more: str) -> Series:
    said = ", ".join(f'{key}="{value}"' for key, value in {**labels, **more}.items())
    return Series(f"{name}{{{said}}}", values)


def _told(alert: Alert, labels: Mapping[str, str], **words: str) -> Expected:
    """Return what is expected, its texts with the values in them that Prometheus puts there."""
    texts = {}
    for key, text in alert.annotations.items():
        for name, value in {**{f"$labels.{label}": value for label, value in labels.items()}, **words}.items():
            text = text.replace(f"{{{{ {name} }}}}", value)
        texts[key] = text
    return Expected({**labels, **alert.labels}, texts)


def _down(observability: ObservabilityContext, each: Observed, known: Known) -> RuleTest:
    labels = _instance(observability, each)
    told = _told(known["InstanceDown", ""], labels)
    return RuleTest(
        "a service that does not answer",
        (_series("up", labels, "1x3 0x10"),),
        (AlertTest("3m", "InstanceDown"), AlertTest("6m", "InstanceDown", (told,))),
    )


def _restarts(observability: ObservabilityContext, each: Observed, known: Known) -> RuleTest:
    labels = _instance(observability, each)
    told = _told(known["Restarting", ""], labels, **{"$value": "3"})
    return RuleTest(
        "a service that starts again and again",
        (_series("process_start_time_seconds", labels, "1 1 2 3 4 4"),),
        (AlertTest("3m", "Restarting"), AlertTest("5m", "Restarting", (told,))),
    )


def _burning(observability: ObservabilityContext, each: Observed, known: Known) -> Iterator[RuleTest]:
    labels, request = _instance(observability, each), {"method": "GET", "route": "/v1/things"}
    name = "http_request_duration_seconds_count"
    burning = (
        _series(name, {**labels, **request}, "0+50x120", status="200"),
        _series(name, {**labels, **request}, "0+50x120", status="503"),
    )
    told = [
        _told(known["ErrorBudgetBurn", window], _labels(observability, each), **{"$value | humanizePercentage": "50%"})
        for window in ("1h", "6h", "1d", "3d")
    ]
    yield RuleTest("half of the answers are errors", burning, (AlertTest("90m", "ErrorBudgetBurn", tuple(told)),))
    fine = (_series(name, {**labels, **request}, "0+100x120", status="200"),)
    yield RuleTest("no answer is an error", fine, (AlertTest("90m", "ErrorBudgetBurn"),))
    refused = (_series(name, {**labels, **request}, "0+100x120", status="404"),)
    yield RuleTest("a refusal is the client's, and no error", refused, (AlertTest("90m", "ErrorBudgetBurn"),))
    silent = (_series(name, {**labels, **request}, "7x120", status="503"),)
    yield RuleTest("nobody asks", silent, (AlertTest("90m", "ErrorBudgetBurn"),))


def _slow(observability: ObservabilityContext, each: Observed, known: Known) -> RuleTest:
    labels = {**_instance(observability, each), "method": "GET", "route": "/v1/things", "status": "200"}
    name = "http_request_duration_seconds_bucket"
    told = _told(known["SlowAnswers", ""], _labels(observability, each), **{"$value | humanizeDuration": "2.485s"})
    return RuleTest(
        "answers that take between one second and two and a half",
        tuple(_series(name, labels, f"0+{rise}x30", le=le) for le, rise in (("1.0", 0), ("2.5", 100), ("+Inf", 100))),
        (AlertTest("3m", "SlowAnswers"), AlertTest("15m", "SlowAnswers", (told,))),
    )


def _outbox(observability: ObservabilityContext, each: Observed, known: Known) -> Iterator[RuleTest]:
    labels, message = _instance(observability, each), "award"
    said = {**_labels(observability, each), "message": message}
    name = "outbox_messages_total"

    def tries(delivered: str, retried: str, given_up: str) -> tuple[Series, ...]:
        outcomes = {"delivered": delivered, "retried": retried, "given_up": given_up}
        rows = outcomes.items()
        return tuple(_series(name, labels, value, message=message, outcome=outcome) for outcome, value in rows)

    failing = AlertTest("20m", "OutboxFailing", (_told(known["OutboxFailing", ""], said),))
    yield RuleTest("nothing is delivered", tries("0x30", "0+1x30", "0x30"), (failing,))
    yield RuleTest("some tries fail", tries("0+5x30", "0+1x30", "0x30"), (AlertTest("20m", "OutboxFailing"),))
    gave_up = AlertTest("7m", "OutboxGaveUp", (_told(known["OutboxGaveUp", ""], said),))
    lost = (AlertTest("4m", "OutboxGaveUp"), gave_up)
    yield RuleTest("a message is refused for good", tries("0x30", "0x30", "0x5 1x24"), lost)


def _memory(observability: ObservabilityContext, each: Observed, known: Known) -> RuleTest:
    labels = _instance(observability, each)
    alert = known["MemoryNearLimit", f"{each.memory}Mi"]
    used = each.memory * 1_048_576
    told = _told(alert, labels, **{"$value | humanize1024": _humanized(used)})
    return RuleTest(
        "memory that is all used",
        (_series("process_resident_memory_bytes", labels, f"1000x3 {used}x10"),),
        (AlertTest("3m", "MemoryNearLimit"), AlertTest("10m", "MemoryNearLimit", (told,))),
    )


def _humanized(count: int) -> str:
    """Write a number of bytes as Prometheus's humanize1024 does: four digits that say something, and the prefix."""
    value, prefix = float(count), ""
    for prefix in ("", "ki", "Mi", "Gi", "Ti"):  # noqa: B007 - the last one is wanted
        if value < 1024:
            break
        value /= 1024
    return f"{value:.4g}{prefix}"


def _too_few(each: Observed, known: Known) -> RuleTest:
    alert = known["TooFewReplicas", each.name]
    up = [
        _series("up", {"job": each.name, "instance": f"10.0.0.{number}:8000"}, "1x3" if number == 1 else "1x20")
        for number in range(1, each.replicas + 1)
    ]
    told = _told(alert, {}, **{"$value": str(each.replicas - 1)})
    return RuleTest(
        f"a replica of {each.name} that is gone",
        tuple(up),
        (AlertTest("2m", "TooFewReplicas"), AlertTest("15m", "TooFewReplicas", (told,))),
    )
