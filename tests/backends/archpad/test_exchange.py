"""Files of strangers: ArchiMate exchange and draw.io. What is written is read again; what is hostile is refused."""

import base64
import zlib
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arch_repo.archimate import PREFIXES, RELATIONSHIPS
from arch_repo.drawio import kind_of, read_drawing, relationship_of
from arch_repo.exchange import NAMESPACE, read_exchange, write_exchange
from arch_repo.model import Model, ModelElement, ModelError, ModelRelationship
from arch_repo.xml_reader import DEEPEST, XmlError, read_xml

XSI = "http://www.w3.org/2001/XMLSchema-instance"
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn", "Zs", "Zl", "Zp"))
TEXTS = st.text(LETTERS, min_size=1, max_size=20)
PROPERTIES = st.dictionaries(TEXTS, TEXTS, max_size=3)


@st.composite
def models(draw):
    count = draw(st.integers(1, 5))
    elements = tuple(
        ModelElement(f"id-{n}", draw(st.sampled_from(sorted(PREFIXES))), draw(TEXTS), draw(TEXTS), draw(PROPERTIES))
        for n in range(count)
    )
    ends = st.sampled_from([each.identifier for each in elements])
    lines = tuple(
        ModelRelationship(f"r-{n}", draw(st.sampled_from(RELATIONSHIPS)), draw(ends), draw(ends), draw(TEXTS))
        for n in range(draw(st.integers(0, 4)))
    )
    return Model(elements, lines)


def without_places(model):
    elements = [(one.identifier, one.kind, one.name, one.description, one.properties) for one in model.elements]
    lines = [(one.identifier, one.kind, one.source, one.target, one.name) for one in model.relationships]
    return elements, lines


@given(models())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_again(model):
    text = write_exchange("A & <b>", model)
    assert without_places(read_exchange(text.encode())) == without_places(model)
    assert write_exchange("A & <b>", read_exchange(text.encode())) == text


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_is_a_model_or_a_fault_with_a_place(content):
    for read in (read_exchange, read_drawing):
        try:
            read(content)
        except ModelError as error:
            assert all(fault.place for fault in error.faults)


BOMBS = {
    "entities": '<!DOCTYPE m [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><m>&b;</m>',
    "an external entity": '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><m>&a;</m>',
    "a parameter entity": '<!DOCTYPE m [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x">%a;]><m/>',
    "an external DTD": '<!DOCTYPE m SYSTEM "http://127.0.0.1:9/x.dtd"><m/>',
    "depth": "<m>" * (DEEPEST + 1) + "</m>" * (DEEPEST + 1),
    "an unknown entity": "<m>&nothing;</m>",
    "an unknown encoding": '<?xml version="1.0" encoding="x-none"?><m/>',
    "two roots": "<m/><m/>",
    "nothing": "",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_hostile_xml_is_refused_with_its_line(text):
    with pytest.raises(XmlError, match=r"^line \d+: ") as refused:
        read_xml(text.encode())
    assert "passwd" not in str(refused.value)


def exchange(body):
    return f'<model xmlns="{NAMESPACE}" xmlns:xsi="{XSI}">\n{body}\n</model>'.encode()


FAULTS = {
    "no kind": ('<elements><element identifier="a" xsi:type="Thing"><name>x</name></element></elements>', "no kind"),
    "no name": ('<elements><element identifier="a" xsi:type="Node"/></elements>', "has a name"),
    "no identifier": ('<elements><element xsi:type="Node"><name>x</name></element></elements>', "identifier"),
    "twice": ('<elements><element identifier="a" xsi:type="Node"><name>x</name></element>\n' * 2 + "</elements>", None),
    "a dangling end": (
        '<relationships><relationship identifier="r" xsi:type="Flow" source="a" target="b"/></relationships>',
        "is no element of the file",
    ),
}


def test_every_fault_is_named_with_its_line():
    body = '<elements>\n<element identifier="a" xsi:type="Thing"><name>x</name></element>\n<element identifier="a" '
    body += 'xsi:type="Node"/>\n</elements><relationships>\n'
    body += '<relationship identifier="r" xsi:type="Flows" source="a" target="b"/></relationships>'
    with pytest.raises(ModelError) as refused:
        read_exchange(exchange(body))
    found = [(fault.place, fault.message.partition(" ")[0]) for fault in refused.value.faults]
    assert sorted(found) == [
        ("line 3", "'Thing'"), ("line 4", "an"), ("line 4", "the"), ("line 6", "'Flows'"), ("line 6", "its")
    ]  # fmt: skip


@pytest.mark.parametrize(("body", "said"), [each for each in FAULTS.values() if each[1]])
def test_a_fault_is_said_in_words(body, said):
    with pytest.raises(ModelError, match=said):
        read_exchange(exchange(body))


def test_a_file_of_another_format_is_refused():
    for text in (b"<model/>", b'<archimate:model xmlns:archimate="http://www.archimatetool.com/archimate"/>'):
        with pytest.raises(ModelError, match="the root is no"):
            read_exchange(text)


COMP = "shape=mxgraph.archimate3.application;appType=comp;fillColor=#99ffff;html=1;"
DRAWING = f"""<mxfile><diagram id="p1" name="Page-1"><mxGraphModel><root>
<mxCell id="0"/><mxCell id="1" parent="0"/>
<mxCell id="a" value="&lt;b&gt;Cards&lt;/b&gt;&lt;br&gt;core" style="{COMP}" vertex="1" parent="1"/>
<mxCell id="b" value="Ledger" style="{COMP}" vertex="1" parent="1"/>
<object label="Clerk" archimate="BusinessActor" id="c"><mxCell style="rounded=1" vertex="1" parent="1"/></object>
<mxCell id="d" value="A note" style="shape=note" vertex="1" parent="1"/>
<mxCell id="e" value="bookings" style="endArrow=block;dashed=1;endFill=1" edge="1" source="a" target="b" parent="1"/>
<mxCell id="f" style="endArrow=open" edge="1" source="a" parent="1"/>
</root></mxGraphModel></diagram></mxfile>"""


def packed(text):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = compressor.compress(quote(text, safe="").encode()) + compressor.flush()
    return base64.b64encode(data).decode()


def test_a_drawing_s_shapes_and_lines_are_a_model_plain_or_compressed():
    inner = DRAWING[DRAWING.index("<mxGraphModel>") : DRAWING.index("</diagram>")]
    for text in (DRAWING, DRAWING.replace(inner, packed(inner))):
        model = read_drawing(text.encode())
        assert [(one.kind, one.name) for one in model.elements] == [
            ("ApplicationComponent", "Cards core"),
            ("ApplicationComponent", "Ledger"),
            ("BusinessActor", "Clerk"),
        ]
        (line,) = model.relationships
        assert (line.kind, line.name, line.source, line.target) == ("Flow", "bookings", "drawio-p1-a", "drawio-p1-b")
        assert model.skipped == (
            "page Page-1: 'A note' is no ArchiMate shape",
            "page Page-1: the line 'f' does not connect two ArchiMate shapes",
        )


def test_a_compressed_page_that_unpacks_to_too_much_is_refused():
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = base64.b64encode(compressor.compress(b"a" * 40_000_000) + compressor.flush()).decode()
    with pytest.raises(ModelError, match="unpacks to more than"):
        read_drawing(f"<mxfile><diagram>{bomb}</diagram></mxfile>".encode())


@pytest.mark.parametrize(
    ("style", "kind"),
    [
        ({"appType": "serv", "fillColor": "#ffff99"}, "BusinessService"),
        ({"appType": "serv", "fillColor": "#99ffff"}, "ApplicationService"),
        ({"appType": "serv", "fillColor": "#AFFFAF"}, "TechnologyService"),
        ({"appType": "actor", "fillColor": "#ffff99"}, "BusinessActor"),
        ({"appType": "passive", "fillColor": "#99ffff"}, "DataObject"),
        ({"techType": "device", "fillColor": "#AFFFAF"}, "Device"),
        ({"appType": "requirement"}, "Requirement"),
        ({"appType": "nothing"}, ""),
    ],
)
def test_a_shape_says_its_kind(style, kind):
    assert kind_of({"shape": "mxgraph.archimate3.application", **style}) == kind
    assert kind_of(style) == ""


@pytest.mark.parametrize(
    ("style", "kind"),
    [
        ({"startArrow": "diamondThin", "startFill": "1"}, "Composition"),
        ({"startArrow": "diamondThin", "startFill": "0"}, "Aggregation"),
        ({"startArrow": "oval", "endArrow": "block"}, "Assignment"),
        ({"endArrow": "block", "endFill": "0", "dashed": "1"}, "Realization"),
        ({"endArrow": "block", "endFill": "0"}, "Specialization"),
        ({"endArrow": "open"}, "Serving"),
        ({"endArrow": "open", "dashed": "1", "dashPattern": "1 4"}, "Access"),
        ({"endArrow": "open", "dashed": "1", "dashPattern": "6 4"}, "Influence"),
        ({"endArrow": "block"}, "Triggering"),
        ({"endArrow": "block", "dashed": "1"}, "Flow"),
        ({"endArrow": "none"}, "Association"),
    ],
)
def test_a_line_says_its_kind(style, kind):
    assert relationship_of(style) == kind
