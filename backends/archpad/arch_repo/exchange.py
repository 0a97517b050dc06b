"""ArchiMate Model Exchange File Format 3.0 to 3.2 (The Open Group, C19C): read, and written.

Read are elements, relationships and property definitions. Views and organizations are layouts of the tool that wrote
them; that they are there is said in the report, and they are not imported.
"""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from arch_repo.model import Fault, Model, ModelElement, ModelError, ModelRelationship, check_model
from arch_repo.xml_reader import XmlElement, XmlError, read_xml

NAMESPACE = "http://www.opengroup.org/xsd/archimate/3.0/"
SCHEMA = "http://www.opengroup.org/xsd/archimate/3.1/archimate3_Model.xsd"
LEFT_OUT = {"views": "views are not imported", "organizations": "organizations are not imported"}


def read_exchange(content: bytes) -> Model:
    """Return the model of an exchange file; ModelError names all that is wrong with it, each with its line."""
    try:
        root = read_xml(content)
    except XmlError as error:
        raise ModelError([Fault(f"line {error.line}", str(error).partition(": ")[2])]) from None
    if (root.name, root.namespace) != ("model", NAMESPACE):
        raise ModelError([Fault(_place(root), f'the root is no <model xmlns="{NAMESPACE}">')])
    names = {
        each.attributes.get("identifier", ""): _words(each, "name")
        for each in root.all("propertyDefinitions", "propertyDefinition")
    }
    model = Model(
        tuple(_element(each, names) for each in root.all("elements", "element")),
        tuple(_relationship(each, names) for each in root.all("relationships", "relationship")),
        tuple(why for name, why in LEFT_OUT.items() if root.child(name)),
    )
    check_model(model)
    return model


def _element(element: XmlElement, names: Mapping[str, str]) -> ModelElement:
    about = element.attributes
    return ModelElement(
        about.get("identifier", ""),
        about.get("type", ""),
        " ".join(_words(element, "name").split()),
        _words(element, "documentation"),
        _properties(element, names),
        _place(element),
    )


def _relationship(element: XmlElement, names: Mapping[str, str]) -> ModelRelationship:
    about = element.attributes
    return ModelRelationship(
        about.get("identifier", ""),
        about.get("type", ""),
        about.get("source", ""),
        about.get("target", ""),
        " ".join(_words(element, "name").split()),
        _words(element, "documentation"),
        _properties(element, names),
        _place(element),
    )


def _properties(element: XmlElement, names: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for each in element.all("properties", "property"):
        reference = each.attributes.get("propertyDefinitionRef", "")
        found[names.get(reference) or reference] = _words(each, "value")
    return found


def _words(element: XmlElement, name: str) -> str:
    """Return the text of a child; of several, in several languages, the first."""
    child = element.child(name)
    return child.text if child else ""


def _place(element: XmlElement) -> str:
    return f"line {element.line}"


def write_exchange(name: str, model: Model) -> str:
    """Return the exchange file of a model: the same model, the same text."""
    both: tuple[ModelElement | ModelRelationship, ...] = (*model.elements, *model.relationships)
    names = sorted({key for each in both for key in each.properties})
    references = {key: f"propid-{number}" for number, key in enumerate(names, start=1)}
    return "\n".join(_lines(name, model, references)) + "\n"


def _lines(name: str, model: Model, references: Mapping[str, str]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<model xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{NAMESPACE} {SCHEMA}" identifier="id-model">'
    )
    yield f"  {_text('name', name)}"
    if model.elements:
        yield "  <elements>"
        for element in model.elements:
            about = f"<element identifier={quoteattr(element.identifier)} xsi:type={quoteattr(element.kind)}>"
            yield from _record(about, "element", element, references)
        yield "  </elements>"
    if model.relationships:
        yield "  <relationships>"
        for each in model.relationships:
            ends = f"source={quoteattr(each.source)} target={quoteattr(each.target)}"
            about = f"<relationship identifier={quoteattr(each.identifier)} {ends} xsi:type={quoteattr(each.kind)}>"
            yield from _record(about, "relationship", each, references)
        yield "  </relationships>"
    if references:
        yield "  <propertyDefinitions>"
        for key, reference in references.items():
            about = f'<propertyDefinition identifier="{reference}" type="string">'
            yield f"    {about}{_text('name', key)}</propertyDefinition>"
        yield "  </propertyDefinitions>"
    yield "</model>"


def _record(
    opening: str, closing: str, each: ModelElement | ModelRelationship, references: Mapping[str, str]
) -> Iterator[str]:
    yield f"    {opening}"
    if each.name:
        yield f"      {_text('name', each.name)}"
    if each.description:
        yield f"      {_text('documentation', each.description)}"
    if each.properties:
        yield "      <properties>"
        for key, value in sorted(each.properties.items()):
            yield f'        <property propertyDefinitionRef="{references[key]}">{_text("value", value)}</property>'
        yield "      </properties>"
    yield f"    </{closing}>"


def _text(name: str, text: str) -> str:
    return f'<{name} xml:lang="en">{escape(text)}</{name}>'
