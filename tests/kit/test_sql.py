import pytest

from stead.kit.sql import Queries


@pytest.fixture
def path(tmp_path):
    return tmp_path / "queries.sql"


def test_statements_are_found_by_name_without_their_explanations(path):
    path.write_text("-- name: one\n-- Because.\nSELECT 1\n\n-- name: two\nSELECT 2 -- kept\nFROM x\n")
    queries = Queries(path)
    assert dict(queries) == {"one": "SELECT 1", "two": "SELECT 2 -- kept\nFROM x"}
    assert Queries.beside(str(path.with_name("store.py")))["one"] == "SELECT 1"


@pytest.mark.parametrize(
    "text", ["SELECT 1", "SELECT 0\n-- name: one\nSELECT 1", "-- name: one\nSELECT 1\n-- name: one\nSELECT 2"]
)
def test_a_statement_without_a_name_or_with_anothers_is_refused(path, text):
    path.write_text(text)
    with pytest.raises(ValueError, match=r"queries\.sql"):
        Queries(path)["one"]
