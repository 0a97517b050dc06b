"""The dashboard of the gateway, made from its access log in Loki.

It shows every service behind the gateway alike, whether it answers `/metrics` or not. Rejected: Envoy's own metrics, on
the admin address, which is not reachable from outside the container.
"""

from stead.render.observability.dashboard import Dashboard, Panel, Query, uid_of
from stead.render.observability.grafana import LOKI

WINDOW = "5m"
WIDE = 24


def gateway_dashboard(backend: str, gateway: str) -> Dashboard:
    """Return the page of the gateway of a backend."""
    lines = f'{{backend="{backend}", service="{gateway}"}} | json | __error__=""'
    return Dashboard(
        uid_of(backend, gateway),
        f"{backend}: {gateway}",
        (
            _panel("Requests", _rate("upstream", lines), "{{upstream}}"),
            _panel("Answers by status", _rate("status", lines), "{{status}}"),
            _panel("Errors", _rate("upstream, reason", f"{lines} | status >= 500"), "{{upstream}} {{reason}}"),
            _panel(
                "Refusals",
                _rate("status, reason", f"{lines} | status >= 400 and status < 500"),
                "{{status}} {{reason}}",
            ),
            _panel("Duration, 99 of 100", _quantile(0.99, lines), "{{upstream}}", "ms"),
            _panel("Duration, half", _quantile(0.5, lines), "{{upstream}}", "ms"),
            Panel(
                "Errors, line by line",
                "logs",
                (Query(f"{lines} | status >= 500", datasource=LOKI),),
                datasource=LOKI,
                width=WIDE,
                height=10,
            ),
        ),
        tags=(backend,),
    )


def _rate(by: str, lines: str) -> str:
    return f"sum by ({by}) (rate({lines} [{WINDOW}]))"


def _quantile(part: float, lines: str) -> str:
    return f"quantile_over_time({part:g}, {lines} | unwrap duration_ms [{WINDOW}]) by (upstream)"


def _panel(title: str, expr: str, legend: str, unit: str = "reqps") -> Panel:
    return Panel(title, "timeseries", (Query(expr, legend, datasource=LOKI),), unit, datasource=LOKI)
