"""Logs: whole lines, of bounded size, without a secret."""

import asyncio
import os

from stead.run import log_file
from stead.run.log_file import LogFile, Redaction, tail


async def write(into: LogFile, *blocks: bytes) -> None:
    end = await into.open()
    for block in blocks:
        os.write(end, block)
        await asyncio.sleep(0.01)
    os.close(end)
    await asyncio.sleep(0.01)


async def test_a_secret_is_hidden_also_across_two_writes(tmp_path):
    log = LogFile(tmp_path / "a.log", Redaction(["hunter2", "short"]))
    await write(log, b"the key is hunt", b"er2\nshort\n")
    log.close()
    assert (tmp_path / "a.log").read_text() == "the key is [secret]\nshort\n"


async def test_the_longest_secret_wins(tmp_path):
    log = LogFile(tmp_path / "a.log", Redaction(["aaaaaaaaaaaa", "aaaaaaaaaaaabbbb"]))
    await write(log, b"aaaaaaaaaaaabbbb\n")
    log.close()
    assert (tmp_path / "a.log").read_text() == "[secret]\n"


async def test_the_last_words_need_no_line_end(tmp_path):
    log = LogFile(tmp_path / "a.log", Redaction())
    await write(log, b"one\ntwo")
    assert list(log.last) == ["one", "two"]
    log.close()


async def test_the_file_is_bounded_and_nothing_recent_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(log_file, "LIMIT", 1000)
    log = LogFile(tmp_path / "a.log", Redaction())
    await write(log, *(b"%04d %s\n" % (number, b"x" * 94) for number in range(35)))
    log.close()
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 2300
    assert [line[:4] for line in tail(tmp_path / "a.log", 12)] == [f"{number:04d}" for number in range(23, 35)]


async def test_a_line_without_end_does_not_fill_the_memory(tmp_path):
    log = LogFile(tmp_path / "a.log", Redaction())
    await write(log, b"y" * 60_000, b"y" * 60_000)
    log.close()
    assert (tmp_path / "a.log").stat().st_size >= 120_000
