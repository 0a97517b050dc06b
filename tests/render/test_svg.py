"""The call graph as an SVG: everything is in it, nothing overlaps, and the same description gives the same bytes."""

import re
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stead.model import Backend, Call, Service
from stead.model.load import load
from stead.render.graph import arrows
from stead.render.graph_layout import layers
from stead.render.svg import svg

BACKENDS = Path(__file__).parents[2] / "backends"
SVG = "{http://www.w3.org/2000/svg}"
NAMES = st.sampled_from([f"service-{letter}" for letter in "abcdefgh"])
GRAPHS = st.lists(st.tuples(NAMES, NAMES), max_size=24, unique=True)


def backend_of(pairs):
    services = {name: Service(name, command="run") for name in sorted({name for pair in pairs for name in pair})}
    for name, service in services.items():
        calls = tuple(Call(services[callee], ("read",)) for caller, callee in pairs if caller == name)
        object.__setattr__(service, "calls", calls)
    return Backend("shop", services=tuple(services.values()))


def drawn(backend):
    return ElementTree.fromstring(svg(backend))


def boxes(picture):
    return [tuple(float(box.get(name)) for name in ("x", "y", "width", "height")) for box in picture.iter(f"{SVG}rect")]


@pytest.mark.parametrize("name", ["rewards", "tigrit"])
def test_everything_is_in_it(name):
    backend = load(BACKENDS / name)
    picture = drawn(backend)
    texts = {text.text for text in picture.iter(f"{SVG}text")}
    assert {process.name for process in backend.processes} | {"internet"} <= texts
    assert {arrow.label for arrow in arrows(backend) if arrow.label} <= texts
    assert len(list(picture.iter(f"{SVG}path"))) == len(arrows(backend)) + 2  # from the internet, and the head


@given(GRAPHS)
@settings(max_examples=60, deadline=None)
def test_no_box_covers_another_and_all_are_inside(pairs):
    picture = drawn(backend_of(pairs))
    wide, tall = (float(size) for size in picture.get("viewBox").split()[2:])
    for x, y, width, height in boxes(picture):
        assert x >= 0
        assert y >= 0
        assert x + width <= wide
        assert y + height <= tall
    for one, two in combinations(boxes(picture), 2):
        beside = one[0] + one[2] <= two[0] or two[0] + two[2] <= one[0]
        assert beside or one[1] + one[3] <= two[1] or two[1] + two[3] <= one[1]


@given(GRAPHS)
@settings(max_examples=60, deadline=None)
def test_an_arrow_passes_layer_by_layer(pairs):
    nodes = sorted({name for pair in pairs for name in pair})
    made = layers(nodes, pairs)
    place = {node: number for number, row in enumerate(made.rows) for node in row}
    assert set(made.chains) == {pair for pair in pairs if pair[0] != pair[1]}
    for arrow, chain in made.chains.items():
        ends = (chain[-1], chain[0]) if arrow in made.turned else (chain[0], chain[-1])
        assert ends == arrow
        assert all(place[two] == place[one] + 1 for one, two in pairwise(chain))


@given(GRAPHS)
@settings(max_examples=20, deadline=None)
def test_the_same_description_gives_the_same_bytes(pairs):
    assert svg(backend_of(pairs)) == svg(backend_of(list(pairs)))


def test_a_circle_points_both_ways():
    picture = drawn(backend_of([("service-a", "service-b"), ("service-b", "service-a")]))
    paths = [path for path in picture.iter(f"{SVG}path") if path.get("class") == "arrow"]
    assert sorted((path.get("marker-start") or path.get("marker-end") or "") for path in paths) == ["url(#head)"] * 2
    assert sum(path.get("marker-start") is not None for path in paths) == 1


def test_who_calls_itself_is_marked():
    assert "service-a  ↻ read" in svg(backend_of([("service-a", "service-a")]))


def test_names_cannot_leave_their_place():
    text = svg(Backend("<b>&amp;", services=[Service('"><script>', command="run")]))
    assert "<script>" not in text
    assert ElementTree.fromstring(text) is not None
    assert not re.search(r"\b(?:href|onload)=", text)


def test_an_empty_backend_is_a_picture():
    assert drawn(Backend("nothing")) is not None
