"""What the console does with secrets: it writes none, and shows none in a row."""

import json

import pytest

from stead.console.config import Graph, Node
from stead.console.database_reader import DatabaseError, DatabaseReader, shown_row
from stead.console.request_sender import Attempt, RequestSender
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder

GRAPH = Graph(nodes=(Node("orders", "service"), Node("job", "job")))


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "backend.py")
    made.make()
    Secrets(made).signing_key("orders")
    return made


def test_a_run_s_secrets_are_read_and_never_written(folder):
    file = folder.path / "secrets.json"
    before = file.read_bytes()
    postmaster = folder.path / "postgres" / "data" / "postmaster.pid"
    postmaster.parent.mkdir(parents=True)
    postmaster.write_text("1\n\n\n1\n")  # a port at which nothing listens
    with pytest.raises(DatabaseError, match="cannot be read"):
        DatabaseReader(folder.description).overview(Node("orders", "service", database="shop_orders"))
    sender = RequestSender(folder.description, "dev")
    answer = sender.send(
        Attempt("orders", "GET", "/", "service", caller="job"), GRAPH, {"orders": "http://127.0.0.1:1"}
    )
    assert "did not answer" in answer.error
    assert file.read_bytes() == before


def test_a_secret_inside_of_json_is_masked_by_its_name():
    data = {"to": "ann", "code": "483920", "country": "nl", "links": [{"access_token": "abc", "href": "/x"}]}
    shown = json.dumps(shown_row({"id": 7, "data": data, "args": [data], "password": "p"}))
    assert not [secret for secret in ("483920", "abc", '"p"') if secret in shown]
    assert all(word in shown for word in ("ann", "nl", "/x"))
