"""Refusals and unforeseen errors, as answers."""

import logging

import pytest

from kit.asgi_client import ask
from stead.kit.http_problem import HttpProblem, Problems, internal, unauthenticated


def raising(error, *, after_start=False):
    async def app(_scope, _receive, send):
        if after_start:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    return Problems(app)


async def test_a_refusal_is_a_problem_document():
    refusal = HttpProblem(429, "velocity_cap", "Too much.", headers={"Retry-After": "7"}, cap=50)
    answer = await ask(raising(refusal))
    assert answer.status == 429
    assert answer.headers[b"content-type"] == b"application/problem+json"
    assert answer.headers[b"retry-after"] == b"7"
    assert answer.json == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "code": "velocity_cap",
        "detail": "Too much.",
        "cap": 50,
    }


async def test_the_one_401_says_how_to_come_back():
    answer = await ask(raising(unauthenticated()))
    assert answer.headers[b"www-authenticate"] == b"Bearer"


async def test_an_unforeseen_error_tells_the_client_nothing_and_the_log_all(caplog):
    answer = await ask(raising(RuntimeError("the password is hunter2")))
    assert (answer.status, answer.json["code"]) == (500, "internal")
    assert b"hunter2" not in answer.body
    assert b"Traceback" not in answer.body
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info[0] is RuntimeError


def test_a_500_names_the_request():
    assert internal("abc").extra == {"request_id": "abc"}


async def test_half_an_answer_is_left_to_the_server():
    with pytest.raises(RuntimeError):
        await ask(raising(RuntimeError(), after_start=True))


async def test_a_status_without_a_name_of_its_own_is_no_error():
    assert (await ask(raising(HttpProblem(499, "gone")))).json["title"] == "Refused"
