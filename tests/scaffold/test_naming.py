"""Names: what cannot be a name is told with what could be."""

import pytest

from stead.model.dns_label import is_label
from stead.scaffold.naming import NamingError, label, own


@pytest.mark.parametrize("name", ["shop", "a", "order-items", "x" * 63])
def test_a_label_is_a_name(name):
    assert label(name, "backend") == name


@pytest.mark.parametrize(
    "name", ["", "Shop", "my shop", "1st", "-a", "a-", "a_b", "лавка", "a/b", "..", "x" * 64, "a\n"]
)
def test_what_is_no_label_is_refused(name):
    with pytest.raises(NamingError, match="is not a name for a backend"):
        label(name, "backend")


def test_one_that_would_do_is_proposed():
    with pytest.raises(NamingError, match="my-shop would be one"):
        label("My shop!", "backend")
    assert is_label("my-shop")


@pytest.mark.parametrize(
    ("name", "hides"),
    [
        ("email", "Python's own module email"),
        ("redis", "the installed package redis"),
        ("tests", "a name that Stead uses"),
        ("class", "a word of Python's"),
    ],
)
def test_a_folder_hides_nothing(name, hides):
    with pytest.raises(NamingError, match=f"would hide {hides}; {name}-service would not"):
        own(name)


@pytest.mark.parametrize("item", ["Order", "two words", "class", "", "1", "orders"])
def test_what_is_kept_is_one_word(item):
    with pytest.raises(NamingError):
        own("orders", item)


def test_words():
    words = own("order-items", "item").words
    assert (words["package"], words["path"], words["Listed"]) == ("order_items", "/v1/order-items", "OrderItems")
    assert own("tables", "table").words["table"] == '"table"'
    assert own("order-service").words["path"] == "/v1/order"
