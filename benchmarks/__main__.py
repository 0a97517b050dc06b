"""Everything that is measured, side by side with its peers in one run: `make bench`, or `make bench ONLY=points`."""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.row import Row

BENCHES = {
    "startup": "From start to all healthy, and memory, against honcho with one uvicorn a service",
    "gateway": "Through the gateway with a verified user token, against a bare Envoy and a proxy in Python",
    "proxy": "Into a program in any language through its proxy, and from one to another; the start of polyglot",
    "points": "Awards a second, against pgbench's bare insert and update",
    "secrets_reads": "Secrets read a second, against the bare framework",
    "adopt": "stead adopt on 6,000 files, and a cold check of what it wrote",
    "check": "stead check on 200 and 1,000 services",
    "render": "stead render, all targets for three environments",
    "bookings": "Bookings a second of one hot trip, against the bare statement under the same row lock",
    "uploads": "Uploads a second through media, against the same bytes straight to the S3 server",
    "console": "The console: intake, cost, pages with 100,000 lines and 20,000 traces; the start of stead up with it",
    "sessions": "Sessions verified a second, against the bare stores and the bare framework",
}


def main(names: list[str]) -> int:
    """Measure, and print a table for each; the exit status is 0 whatever the figures are: they are for reading."""
    console = Console()
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        console.print(f"no bench is named {', '.join(unknown)}; there are {', '.join(BENCHES)}")
        return 2
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ratios are what to read, times are noisy\n")
    for name in names or _there():
        with console.status(f"measuring {name} …"):
            rows = import_module(f"benchmarks.{name}").measure()
        console.print(_table(BENCHES[name], rows), "")
    return 0


def _there() -> list[str]:
    return [name for name in BENCHES if Path(__file__).with_name(f"{name}.py").is_file()]


def _table(title: str, rows: Iterable[Row]) -> Table:
    table = Table("what", "measured", "ratio", "aim", title=title, title_justify="left", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(row.name, _measured(row), _number(row.ratio), _aim(row))
    return table


def _measured(row: Row) -> str:
    if row.value is None:
        return ""
    return f"{row.value:,.0f} {row.unit}" if row.value >= 100 else f"{row.value:.2f} {row.unit}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _aim(row: Row) -> str:
    if row.aim is None or row.ratio is None:
        return ""
    met = row.ratio >= row.aim
    return f"[green]≥ {row.aim}[/]" if met else f"[red]≥ {row.aim}, missed[/]"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
