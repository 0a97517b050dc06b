"""Request metrics."""

import pytest

from kit.asgi_client import ask
from stead.kit.metrics import Metrics
from stead.kit.observability import Observe
from stead.model import Route


def inner(status=200, route=None, error=None):
    async def app(scope, _receive, send):
        if route:
            scope["state"]["route"] = route
        if error:
            raise error
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


async def test_requests_are_counted_by_route_and_outcome():
    metrics = Metrics()
    route = Route.public("GET", "/v1/events/{event_id}")
    for status in (200, 200, 404):
        await ask(Observe(inner(status, route), metrics), path="/v1/events/7")
    text = (await ask(Observe(inner(), metrics), path="/metrics")).body.decode()
    labels = 'method="GET",route="/v1/events/{event_id}"'
    assert f'http_request_duration_seconds_count{{{labels},status="200"}} 2.0' in text
    assert f'http_request_duration_seconds_bucket{{le="+Inf",{labels},status="404"}} 1.0' in text
    assert "process_resident_memory_bytes" in text or "python_gc_objects_collected_total" in text


async def test_paths_that_nobody_declared_make_no_series():
    metrics = Metrics()
    for n in range(20):
        await ask(Observe(inner(404), metrics), f"M{n}", f"/nothing/{n}")
    text = metrics.render().decode()
    assert text.count("http_request_duration_seconds_count{") == 1
    assert 'method="-",route="(undeclared)",status="404"} 20.0' in text


async def test_a_request_that_broke_off_is_counted():
    metrics = Metrics()
    with pytest.raises(RuntimeError):
        await ask(Observe(inner(error=RuntimeError()), metrics))
    assert 'status="0"} 1.0' in metrics.render().decode()


@pytest.mark.parametrize(("status", "seconds", "level"), [(200, 0, "DEBUG"), (200, 2, "INFO"), (404, 0, "INFO")])
async def test_only_what_is_worth_reading_is_written(status, seconds, level, caplog, monkeypatch):
    clock = iter((0.0, float(seconds)))
    monkeypatch.setattr("stead.kit.observability.perf_counter", lambda: next(clock))
    caplog.set_level("DEBUG", "stead.access")
    await ask(Observe(inner(status), Metrics()))
    assert [record.levelname for record in caplog.records] == [level]
