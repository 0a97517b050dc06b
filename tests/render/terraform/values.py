"""Values as Terraform sends them: what is computed is unknown in a plan, and has a value once it is applied."""

import msgspec

from render.terraform.schema import LIST, MAP, SET

UNKNOWN = msgspec.msgpack.Ext(0, b"\0")


def read(dynamic):
    """Return the value of a message, or nothing where there is none."""
    return msgspec.msgpack.decode(dynamic.msgpack) if dynamic.msgpack else None


def written(value):
    return msgspec.msgpack.encode(value)


def planned(described, proposed, prior):
    """Return the proposed values with what will be computed as unknown; what is written and never read is left out."""
    found = dict(proposed)
    for each in described:
        value = found.get(each.name)
        if each.write_only:
            found[each.name] = None
        elif each.inner:
            found[each.name] = _nested(each, value, lambda inner, one: planned(inner, one, prior))
        elif each.computed and value is None and prior is None:
            found[each.name] = UNKNOWN
    return found


def applied(described, value, make):
    """Return the planned values with a value in place of each that is unknown."""
    found = dict(value)
    for each in described:
        inner = found.get(each.name)
        if each.inner:
            found[each.name] = _nested(each, inner, lambda described, one: applied(described, one, make))
        elif isinstance(inner, msgspec.msgpack.Ext):
            found[each.name] = make(each.name, each.type)
    return found


def _nested(each, value, change):
    if value is None or isinstance(value, msgspec.msgpack.Ext):
        return value
    if each.nesting in (LIST, SET):
        return [change(each.inner, one) for one in value]
    if each.nesting == MAP:
        return {key: change(each.inner, one) for key, one in value.items()}
    return change(each.inner, value)


def sample(kind, text, values, name=""):
    """Return a value of a type: one member of each collection, and a text that is a number, as identities often are."""
    if name in values:
        return values[name]
    if isinstance(kind, str):
        return {"string": text, "number": 5432, "bool": True}[kind]
    outer, inner = kind
    if outer == "object":
        return {key: sample(each, text, values, key) for key, each in inner.items()}
    if outer == "map":
        return {"id": sample(inner, text, values)}
    return [sample(inner, text, values) for _ in range(1 if outer == "set" else 2)]
