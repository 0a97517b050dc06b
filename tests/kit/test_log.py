"""Log lines: JSON, with the request they belong to, and without secrets."""

import json
import logging

import pytest

from stead.kit import trace
from stead.kit.log import Lines, clean
from stead.kit.user import User


def line(message="hello", *arguments, error=None, **extra):
    record = logging.LogRecord("stead.x", logging.INFO, "f.py", 1, message, arguments, error)
    record.__dict__.update(extra)
    return json.loads(Lines("points-service").format(record))


def test_a_line_says_what_where_and_for_which_request():
    about = trace.begin(b"request-1", None)
    said = line("%s of %d", "one", 2, user_id="user_1", ms=1.5)
    assert said["message"] == "one of 2"
    assert (said["level"], said["logger"], said["service"]) == ("info", "stead.x", "points-service")
    assert (said["request_id"], said["trace_id"]) == ("request-1", about.trace_id)
    assert (said["user_id"], said["ms"]) == ("user_1", 1.5)
    assert said["time"].endswith("+00:00")


def test_a_line_is_one_line_and_any_value_can_be_written():
    said = line("a\nb", who=User("u"), what=object(), when={1, 2})
    assert said["message"] == "a\nb"


def test_an_error_has_its_trace():
    error = RuntimeError("no")
    said = line(error=(RuntimeError, error, None))
    assert said["trace"].endswith("RuntimeError: no")


JWT = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJhIn0.c2ln"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("postgresql://me:hunter2@host/d", "postgresql://me:***@host/d"),
        ("redis://:hunter2@host", "redis://:***@host"),
        (f"Bearer {JWT} x", "Bearer *** x"),
        ("pat_0123456789abcdef", "***"),
        ("key sess_0123456789abcdef.", "key ***."),
        ("whsec_plJ3nmyCDGBKInavdOK15jsl", "***"),
        ('{"kty":"OKP","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}', '{"kty":"OKP","d":"***"}'),
        ("http://127.0.0.1:8000/v1/points", "http://127.0.0.1:8000/v1/points"),
        ("at 10:00 a@b.c", "at 10:00 a@b.c"),
    ],
)
def test_what_looks_like_a_credential_is_blotted_out(text, left):
    assert clean(text) == left
    assert line(text)["message"] == left
