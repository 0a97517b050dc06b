"""The call graph as text, from one description in three forms."""

import pytest

from stead import Backend, Gateway, Job, Route, Service
from stead.render.graph import FORMATS, arrows

end = Service("end", command="x", routes=[Route.service("POST", "/v1/a", "make"), Route.user("GET", "/v1/b")])
shop = Service("shop-service", command="x", calls=[end.may("make")], routes=[Route.public("GET", "/v1/c")])
tidy = Job("tidy", command="x", calls=[end.may("make"), end.may("make")])
BACKEND = Backend("b", gateway=Gateway("edge", fronts=[shop, end]), services=[end, shop], jobs=[tidy])


def test_arrows_say_what_for():
    assert [(arrow.caller, arrow.callee, arrow.label) for arrow in arrows(BACKEND)] == [
        ("edge", "shop-service", "public"),
        ("edge", "end", "user"),
        ("shop-service", "end", "make"),
        ("tidy", "end", "make"),
    ]


def test_mermaid_draws_a_service_whose_name_is_a_word_of_its_own():
    assert (
        FORMATS["mermaid"](BACKEND)
        == """flowchart LR
    internet_((internet)) --> edge
    edge{{"edge"}}
    tidy>"tidy"]
    end_["end"]
    shop_service["shop-service"]
    edge -->|"public"| shop_service
    edge -->|"user"| end_
    shop_service -->|"make"| end_
    tidy -->|"make"| end_
"""
    )


def test_a_table_for_the_terminal():
    assert FORMATS["table"](BACKEND).splitlines()[:2] == [
        "caller        callee        may",
        "edge          shop-service  public",
    ]


def test_dot():
    text = FORMATS["dot"](BACKEND)
    assert '"shop-service" -> "end" [label="make"];' in text
    assert text.count("{") == text.count("}") == 1


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_at_all_is_drawn_too(form):
    assert FORMATS[form](Backend("empty")).endswith("\n")
