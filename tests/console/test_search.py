"""What a person types into a search field is a condition, and never a part of a statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from stead.console import log_query
from stead.console.config import Limits
from stead.console.log_query import LogFilter
from stead.console.log_record import record
from stead.console.run_file import RunFile
from stead.console.search import SearchError

NOW = 1_800_000_000_000_000


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "a.sqlite"
    made = RunFile(path, Limits())
    texts = [
        ("orders", '{"message":"order accepted","order":"A-17","user_id":"ann"}'),
        ("orders", '{"message":"order refused","order":"A-18","level":"error","trace_id":"aaaa"}'),
        ("points", "WARNING: 100% of a_b is used; заказ принят"),
        ("points", 'it\'s "quoted" -- ; DROP TABLE logs'),
    ]
    made.add([record(name, line, NOW + at) for at, (name, line) in enumerate(texts)], [], [])
    made.close()
    return path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [1, 2, 3, 4]), ("order", [1, 2]), ("ORDER accepted", [1]), ('"order refused"', [2]),
        ("order -refused", [1]),
        ("order:A-17", [1]), ("order:A-1*", [1, 2]), ("order=A-18", [2]), ("user_id:ann", [1]),
        ("-user_id:ann", [2, 3, 4]),
        ("process:points", [3, 4]), ("trace_id:aaaa", [2]), ("100%", [3]), ("a_b", [3]), ("a%b", []), ("заказ", [3]),
        ("it's", [4]), ("DROP", [4]), ("nothing", []), ("no.such:field", []),
    ],
)  # fmt: skip
def test_what_is_found(file, text, found):
    assert [row["id"] for row in log_query.page(file, LogFilter(text=text))] == found


@given(some.text(max_size=38))  # at most nineteen words
def test_any_text_is_searched_for(file, text):
    log_query.page(file, LogFilter(text=text))


@pytest.mark.parametrize("text", ["a" * 60_000, "word " * 21, "-no " * 21])
def test_a_search_of_which_a_part_would_be_left_out_is_refused(file, text):
    with pytest.raises(SearchError, match="the search"):
        log_query.page(file, LogFilter(text=text))


def test_filters_and_pages(file):
    assert [row["id"] for row in log_query.page(file, LogFilter(level=30))] == [2, 3]
    assert [row["id"] for row in log_query.page(file, LogFilter(processes=("orders",), level=40))] == [2]
    newest = log_query.page(file, LogFilter(), limit=2)
    assert [row["id"] for row in newest] == [3, 4]
    before = (newest[0]["time"], newest[0]["id"])
    assert [row["id"] for row in log_query.page(file, LogFilter(), before)] == [1, 2]
    assert [row["id"] for row in log_query.added(file, LogFilter(), after=2)] == [3, 4]
    assert [row["id"] for row in log_query.page(file, LogFilter(since=NOW + 1, until=NOW + 2))] == [2, 3]
