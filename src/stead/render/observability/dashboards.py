"""The dashboards of a backend: of it all, of its gateway, of each kind of service. Rate, errors, duration are first."""

from collections.abc import Iterator

from stead.render.observability.business import ALERTS
from stead.render.observability.context import ObservabilityContext, Observed
from stead.render.observability.dashboard import Dashboard, Panel, Query, Variable, uid_of
from stead.render.observability.gateway_dashboard import gateway_dashboard
from stead.render.observability.grafana import LOKI
from stead.render.observability.rule import BUDGET, ERRORS, MEMORY_ALERT, REQUESTS, SLOW, ratio

MEBIBYTE = 1_048_576
WIDE = 24


def boards(observability: ObservabilityContext) -> Iterator[Dashboard]:
    """Yield every dashboard."""
    yield overview(observability)
    if observability.backend.gateway is not None:
        yield gateway_dashboard(observability.name, observability.backend.gateway.name)
    for kind, members in observability.kinds.items():
        yield of_kind(observability, kind, members)


def overview(observability: ObservabilityContext) -> Dashboard:
    """Return the overview: whether all services are healthy, and otherwise which are not."""
    mine = f'backend="{observability.name}"'
    return Dashboard(
        uid_of(observability.name),
        observability.name,
        (
            Panel("Services that answer", "stat", (Query(f'sum(up{{{mine}, service!=""}})'),), width=4, height=4),
            _share("Errors now", f"max(service:http_errors:ratio_rate5m{{{mine}}})"),
            _share("Error budget used, 3 days", f"max({ratio('3d')}{{{mine}}}) / {BUDGET:g}", limit=1),
            Panel(
                "Requests a second",
                "stat",
                (Query(f"sum(service:http_requests:rate5m{{{mine}}})"),),
                "reqps",
                width=4,
                height=4,
            ),
            Panel("Alerts", "alertlist", width=8, height=4, options=_alerts()),
            _by_service("Requests", f"service:http_requests:rate5m{{{mine}}}", "reqps"),
            _by_service("Errors", f"service:http_errors:ratio_rate5m{{{mine}}}", "percentunit", BUDGET),
            _by_service("Duration, 99 of 100", f"service:http_seconds:p99_rate5m{{{mine}}}", "s", SLOW),
            _by_service("Processor", f'sum by (service) (rate(process_cpu_seconds_total{{{mine}, service!=""}}[5m]))'),
            _by_service("Memory", f'process_resident_memory_bytes{{{mine}, service!=""}}', "bytes"),
            _by_service(
                "Messages that wait for another try",
                f'sum by (service) (rate(outbox_messages_total{{{mine}, outcome="retried"}}[5m]))',
            ),
            _logs(f'{{{mine}, level=~"warning|error|critical"}}', "Warnings and errors"),
        ),
        tags=(observability.name,),
    )


def of_kind(observability: ObservabilityContext, kind: str, members: tuple[Observed, ...]) -> Dashboard:
    """Return the page of one kind of service: each route by itself, and what the processes use."""
    mine = f'backend="{observability.name}", kind="{kind}", service=~"$service"'
    by_route = "sum by (service, method, route)"
    buckets = f"sum by (service, method, route, le) (rate({REQUESTS}_bucket{{{mine}}}[5m]))"
    memory = min(each.memory for each in members) * MEBIBYTE
    return Dashboard(
        uid_of(observability.name, kind),
        f"{observability.name}: {kind}",
        (
            _routes("Requests", f"{by_route} (rate({REQUESTS}_count{{{mine}}}[5m]))", "reqps"),
            _routes("Errors", f"{by_route} (rate({REQUESTS}_count{{{mine}, {ERRORS}}}[5m]))", "reqps"),
            _quantiles(mine),
            _routes("Refusals", f'{by_route} (rate({REQUESTS}_count{{{mine}, status=~"4.."}}[5m]))', "reqps"),
            _statuses(mine),
            _routes(
                "Duration, 99 of 100, by route",
                f"histogram_quantile(0.99, {buckets})",
                "s",
                SLOW,
            ),
            _of_instance("Processor", f"rate(process_cpu_seconds_total{{{mine}}}[5m])"),
            _of_instance("Memory", f"process_resident_memory_bytes{{{mine}}}", "bytes", MEMORY_ALERT * memory),
            _of_instance("Open files", f"process_open_fds{{{mine}}}"),
            *_business(kind, mine),
            *_outbox(mine),
            _logs(f'{{backend="{observability.name}", service=~"$service"}}', "Logs"),
        ),
        tags=(observability.name,),
        variables=(Variable("service", "Service", tuple(each.name for each in members)),),
    )


def _business(kind: str, mine: str) -> Iterator[Panel]:
    """Yield a panel of each metric of a business alert, with the alert's limit."""
    for each in {alert.metric: alert for alert in ALERTS.get(kind, ())}.values():
        yield _of_instance(each.metric.replace("_", " ").capitalize(), f"{each.metric}{{{mine}}}", limit=each.above)


def _share(title: str, expr: str, limit: float = BUDGET) -> Panel:
    return Panel(title, "stat", (Query(expr),), "percentunit", limit, width=4, height=4)


def _by_service(title: str, expr: str, unit: str = "short", limit: float | None = None) -> Panel:
    return Panel(title, "timeseries", (Query(expr, "{{service}}"),), unit, limit)


def _routes(title: str, expr: str, unit: str, limit: float | None = None) -> Panel:
    return Panel(title, "timeseries", (Query(expr, "{{service}} {{method}} {{route}}"),), unit, limit)


def _of_instance(title: str, expr: str, unit: str = "short", limit: float | None = None) -> Panel:
    return Panel(title, "timeseries", (Query(expr, "{{service}} {{instance}}"),), unit, limit)


def _quantiles(mine: str) -> Panel:
    buckets = f"sum by (le) (rate({REQUESTS}_bucket{{{mine}}}[5m]))"
    queries = tuple(
        Query(f"histogram_quantile({part:g}, {buckets})", f"{part * 100:g} of 100", letter)
        for letter, part in zip("ABC", (0.5, 0.95, 0.99), strict=True)
    )
    return Panel("Duration", "timeseries", queries, "s", SLOW)


def _statuses(mine: str) -> Panel:
    query = Query(f"sum by (status) (rate({REQUESTS}_count{{{mine}}}[5m]))", "{{status}}")
    return Panel("Answers by status", "timeseries", (query,), "reqps")


def _outbox(mine: str) -> Iterator[Panel]:
    query = Query(f"sum by (message, outcome) (rate(outbox_messages_total{{{mine}}}[5m]))", "{{message}} {{outcome}}")
    yield Panel(
        "Outbox",
        "timeseries",
        (query,),
        "ops",
        width=WIDE,
        height=6,
        about="Messages to other services. A message that is given up is never delivered: check the outbox.",
    )


def _logs(expr: str, title: str) -> Panel:
    return Panel(title, "logs", (Query(expr, datasource=LOKI),), datasource=LOKI, width=WIDE, height=10)


def _alerts() -> dict[str, object]:
    return {
        "viewMode": "list",
        "stateFilter": {"firing": True, "pending": True, "noData": False, "normal": False, "error": True},
        "datasource": "Prometheus",
        "groupMode": "default",
        "maxItems": 20,
    }
