"""Logs are followed line by line: what is written in pieces, begun anew, made smaller, or comes later."""

from contextlib import ExitStack, closing

import pytest

from stead.console import log_reader
from stead.console.log_reader import LogFolder, offsets


@pytest.fixture
def follow(tmp_path):
    """Follow the logs of a folder, from these offsets on, until the end of the test."""
    with ExitStack() as opened:
        yield lambda offsets: opened.enter_context(closing(LogFolder(tmp_path, offsets)))


def texts(folder):
    return [record.message for record in folder.read()]


def test_only_what_this_run_wrote_is_read(tmp_path, follow):
    (tmp_path / "orders.log").write_text("of an earlier run\n")
    folder = follow(offsets(tmp_path))
    assert texts(folder) == []
    with (tmp_path / "orders.log").open("a") as file:
        file.write("one\ntwo\nhal")
        file.flush()
        assert texts(folder) == ["one", "two"]
        file.write("f\n")
        file.flush()
        assert texts(folder) == ["half"]


def test_a_file_that_was_begun_anew_loses_no_line(tmp_path, follow):
    log = tmp_path / "orders.log"
    log.write_text("one\n")
    folder = follow({})
    assert texts(folder) == ["one"]
    with log.open("a") as file:
        file.write("two\n")
    log.replace(tmp_path / "orders.log.1")
    log.write_text("three\n")
    assert texts(folder) == ["two", "three"]


def lines(begin, end):
    return "".join(f"{number:07}\n" for number in range(begin, end))


def test_a_file_that_was_begun_anew_before_all_of_it_was_read_loses_no_line(tmp_path, follow, monkeypatch):
    monkeypatch.setattr(log_reader, "MOST", 800)  # bytes, or 100 lines
    log = tmp_path / "orders.log"
    log.write_text(lines(0, 350))
    folder = follow({})
    found = texts(folder)
    log.replace(tmp_path / "orders.log.1")
    log.write_text(lines(350, 500))
    found += [text for _ in range(6) for text in texts(folder)]
    assert found == lines(0, 500).split()


def test_a_file_that_was_begun_anew_twice_says_that_lines_may_be_missing(tmp_path, follow):
    log = tmp_path / "orders.log"
    log.write_text("one\n")
    folder = follow({})
    assert texts(folder) == ["one"]
    for text in ("two\n", "three\n"):
        log.replace(tmp_path / "orders.log.1")
        log.write_text(text)  # a file system may give it the number of the one that was removed
    assert texts(folder) == [log_reader.LOST.decode(), "two", "three"]
    assert texts(folder) == []


def test_a_file_that_was_emptied_is_read_from_its_begin(tmp_path, follow):
    log = tmp_path / "orders.log"
    log.write_text("one\ntwo\n")
    folder = follow({})
    assert texts(folder) == ["one", "two"]
    log.write_text("new\n")
    assert texts(folder) == ["new"]


def test_a_file_that_comes_later_is_read_and_the_runs_own_output_is_not(tmp_path, follow):
    folder = follow({})
    assert texts(folder) == []
    (tmp_path / "points.log").write_text("hello\n")
    (tmp_path / "stead.log").write_text("http://127.0.0.1/?token=secret\n")
    (tmp_path / "console.log").write_text("its own\n")
    assert texts(folder) == ["hello"]


def test_bytes_that_are_no_text_and_a_line_without_end(tmp_path, follow):
    (tmp_path / "orders.log").write_bytes(b"\xff\xfe\x00bad\n" + b"x" * 1_048_576 + b"\nafter\n")
    folder = follow({})
    found = [text for _ in range(4) for text in texts(folder)]
    assert "bad" in found[0]
    assert found[-1] == "after"


def test_the_lines_of_a_stack_trace_have_its_level(tmp_path, follow):
    (tmp_path / "orders.log").write_text("ERROR: it broke\n  File one\n  File two\nINFO: it goes on\n")
    assert [record.level for record in follow({}).read()] == [40, 40, 40, 20]
