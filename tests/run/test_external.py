"""A process waits for what runs elsewhere, says for whom, and starts when something listens there."""

import socket

import pytest

from stead.model.external import endpoints

WAITING = """
            away = Service("away", command="python plain.py", health=Health("/up", contract=False),
                           needs=[External("kafka", "KAFKA_BROKERS", addresses={{"dev": "localhost:{port}"}})])
            eager = Service("eager", command="python plain.py", health=Health("/up", contract=False),
                            needs=[External("search", "SEARCH_URL", addresses={{"dev": "http://localhost:{port}"}},
                                            waits=False)])
"""


def test_a_process_waits_until_something_listens_and_is_told_the_address(tiny):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    tiny.describe("away, eager", before=WAITING.format(port=port)).start()
    state = tiny.until(lambda state: tiny.process("eager", state)["state"] == "healthy")
    assert tiny.process("away", state)["state"] == "waiting"
    assert tiny.process("away", state)["why"] == f"kafka at localhost:{port}: needs kafka"
    with socket.create_server(("127.0.0.1", port)):
        tiny.until(lambda state: tiny.process("away", state)["state"] == "healthy")
    assert "KAFKA_BROKERS" in tiny.stead("logs", "away", str(tiny.folder)).stdout


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("one:9092, two:9093", [("one", 9092), ("two", 9093)]),
        ("amqps://guest:p%40ss@mq.example/shop", [("mq.example", 5671)]),
        ("mongodb://a.example,b.example:27018/shop", [("a.example", 27017), ("b.example", 27018)]),
        ("mongodb+srv://cluster.example/shop", [("cluster.example", 27017)]),
        ("[::1]:4222", [("::1", 4222)]),
    ],
)
def test_the_hosts_and_ports_of_an_address(address, found):
    assert endpoints(address) == found


@pytest.mark.parametrize("address", ["kafka", "kafka:", "kafka:port", "kafka:99999", "odd://kafka", ":9092"])
def test_an_address_without_host_and_port_is_refused_and_not_repeated(address):
    with pytest.raises(ValueError, match="has no host and port") as refused:
        endpoints(address)
    assert address not in str(refused.value)
