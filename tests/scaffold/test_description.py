"""A description with one service more: what was there stays byte for byte, and what comes of it loads."""

import ast
import itertools
import sys

import pytest

from stead.model import load
from stead.scaffold.addition import Addition, ManualEditError, of_own
from stead.scaffold.description import with_service
from stead.scaffold.naming import OwnService
from stead.scaffold.shelf import from_shelf

HEAD = '"""Shop."""\n\nfrom stead import Backend, Clerk, Gateway\nfrom stead.services import tokens\n\n'
KEYS = 'keys = tokens.service("token-service")\n'
BACKEND = 'backend = Backend("shop", services=[keys], gateway=Gateway("edge", users=Clerk(), fronts=[keys]))\n'
numbers = itertools.count()

LAYOUTS = {
    "one line": HEAD + KEYS + BACKEND,
    "positions": HEAD + KEYS + 'backend = Backend("shop", [keys], Gateway("edge", Clerk(), [keys]))\n',
    "tuples": HEAD + KEYS + 'backend = Backend("shop", (keys,), Gateway("edge", (Clerk(),), (keys,)))\n',
    "names": HEAD
    + KEYS
    + 'edge = Gateway("edge", users=Clerk(), fronts=[keys])\nall = [keys]\nbackend = Backend("shop", all, edge)\n',
    "annotated": HEAD + KEYS + BACKEND.replace("backend =", "backend: Backend ="),
    "no fronts": HEAD.replace("tokens", "secrets")
    + 'keys = secrets.service("vault")\n'
    + 'backend = Backend("shop", services=[keys, ], gateway=Gateway("edge", users=Clerk()))\n',
    "a line each": HEAD
    + KEYS
    + """
backend = Backend(
    "shop",
    services=[
        keys,  # tokens, and more
    ],
    gateway=Gateway(
        "edge",
        users=Clerk(),  # who else, could be
        fronts=[
            keys
        ]
    ),
)
""",
    "hanging": HEAD
    + KEYS
    + """
backend = Backend("shop",
                  services=[keys,
                            ],
                  gateway=Gateway("edge",
                                  users=Clerk(),
                                  fronts=[keys
                                          ]))
""",
    "qualified": "import stead\nfrom stead.services import tokens\n"
    + KEYS
    + BACKEND.replace("Backend(", "stead.Backend(")
    .replace("Gateway(", "stead.Gateway(")
    .replace("Clerk", "stead.Clerk"),
    "letters beyond ASCII": (HEAD + "# ключи — 🔑\n" + KEYS + BACKEND).replace('"""Shop."""', '"""Лавка 🛒."""'),
    "carriage returns": (HEAD + KEYS + BACKEND).replace("\n", "\r\n"),
    "no end of line": (HEAD + KEYS + BACKEND).rstrip(),
    "a long line": HEAD
    + "".join(f'a_long_name_{n} = Service("s{n}", command="x")\n' for n in range(9)).replace("Service", "stead.Service")
    + KEYS
    + f'backend = Backend("shop", services=[{", ".join(f"a_long_name_{n}" for n in range(9))}, keys])\n',
    "many imports": '"""Shop."""\n\nfrom stead import (\n    Backend,\n    Clerk,\n    Gateway,\n)\n'
    + "from stead.services import content, tokens\n\n"
    + KEYS
    + BACKEND,
    "a commented import": HEAD.replace("import tokens", "import tokens  # keys") + KEYS + BACKEND,
}
LAYOUTS["a long line"] = LAYOUTS["a long line"].replace('"""Shop."""\n\n', '"""Shop."""\n\nimport stead\n')

REFUSED = {
    "computed services": (HEAD + KEYS + 'backend = Backend("shop", services=list([keys]))\n', "services"),
    "a call that makes it": (
        HEAD + KEYS + f"def made():\n    return 1\n{BACKEND}".replace("Backend(", "made("),
        "Backend(…)",
    ),
    "two of it": (HEAD + KEYS + BACKEND + BACKEND, "assigned once"),
    "keywords": (HEAD + KEYS + 'more = {}\nbackend = Backend("shop", **more)\n', "keywords"),
    "a name in the way": (HEAD + KEYS + "points = 3\n" + BACKEND, "something else"),
    "one line for all": (
        "import stead; from stead.services import tokens; keys = tokens.service(); " + BACKEND,
        "line",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["points", "sessions"])
def test_a_service_of_the_shelf(layout, kind, tmp_path):
    text = LAYOUTS[layout]
    made = with_service(text, from_shelf(kind))
    backend = loaded(made, tmp_path)
    assert [one.name for one in backend.services][-1] == from_shelf(kind).name
    if backend.gateway:
        assert backend.gateway.fronts[-1] is backend.services[-1]
        assert len(backend.gateway.providers) == (2 if kind == "sessions" else 1)
    assert is_left(text, made)
    assert ("\r\n" in text) == ("\r\n" in made)
    assert made.count("\r\n") in (0, made.count("\n"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_services_one_after_another(layout, tmp_path):
    made = LAYOUTS[layout]
    kinds = ("points", "auth", "secrets", "sessions", "referrals", "content")
    for kind in kinds:
        made = with_service(made, from_shelf(kind))
    assert [one.name for one in loaded(made, tmp_path).services][-6:] == [from_shelf(kind).name for kind in kinds]


@pytest.mark.parametrize("layout", REFUSED)
def test_what_is_not_plain_is_not_guessed_at(layout):
    text, why = REFUSED[layout]
    with pytest.raises(ManualEditError, match=why.replace("(", "\\(").replace(")", "\\)")) as refused:
        with_service(text, from_shelf("points"))
    for line in (
        "from stead.services import points",
        'points_service = points.service("points-service")',
        "services=[",
    ):
        assert line in str(refused.value)


def test_comments_stay_with_what_they_are_about():
    made = with_service(LAYOUTS["a line each"], from_shelf("points"))
    assert "        keys,  # tokens, and more\n        points_service,\n    ],\n" in made
    assert "            keys,\n            points_service\n        ]\n" in made


def test_ones_own_is_imported_among_ones_own(tmp_path):
    text = HEAD + "import notes\nimport pages\n\n" + KEYS + BACKEND
    made = with_service(text, of_own(OwnService("orders")))
    assert "import notes\nimport orders\nimport pages\n" in made
    assert 'keys = tokens.service("token-service")\norders_service = orders.service("orders")\nbackend' in made
    first = with_service(HEAD + KEYS + BACKEND, of_own(OwnService("orders")))
    assert "import tokens\n\nimport orders\n\n" in first


def test_a_name_that_is_taken_is_not_taken_again():
    taken = {"points_service", "points_service_2"}
    assert from_shelf("points").variable(taken) == "points_service_3"
    assert Addition("order-service", (("", "order_service"),), "x", front=True).variable() == "order"
    assert from_shelf("sessions").variable() == "sessions_service"


def loaded(text, folder):
    file = folder / f"backend_{next(numbers)}.py"
    file.write_bytes(text.encode())
    ast.parse(text)
    try:
        return load(file)
    finally:
        sys.path.remove(str(folder))


def is_left(text, made):
    """Tell whether all that was written is still there, in its order; an import may lose its parentheses."""
    rest = iter(made)
    return all(letter in rest for letter in text if letter not in "(), \r\n")
