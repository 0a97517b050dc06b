"""envoy.type.matcher.v3 and the header matcher of envoy.config.route.v3."""

from stead.gateway.envoy.message import Message


class RegexMatcher(Message):
    regex: str


class StringMatcher(Message):
    exact: str | None = None
    prefix: str | None = None
    contains: str | None = None
    safe_regex: RegexMatcher | None = None
    ignore_case: bool = False


class ListStringMatcher(Message):
    patterns: tuple[StringMatcher, ...]


class Int64Range(Message):
    """From `start` to `end`, the latter left out."""

    start: int
    end: int


class HeaderMatcher(Message):
    name: str
    range_match: Int64Range | None = None
    string_match: StringMatcher | None = None
    present_match: bool | None = None
    invert_match: bool = False


class ListMatcher(Message):
    one_of: "ValueMatcher"


class ValueMatcher(Message):
    string_match: StringMatcher | None = None
    present_match: bool | None = None
    list_match: ListMatcher | None = None


class PathSegment(Message):
    key: str


class MetadataMatcher(Message):
    filter: str
    path: tuple[PathSegment, ...]
    value: ValueMatcher
    invert: bool = False


def exact_matcher(text: str) -> StringMatcher:
    return StringMatcher(exact=text)


def regex(pattern: str) -> StringMatcher:
    """Match the whole text by an RE2 pattern; counted repetitions make programs that Envoy refuses."""
    return StringMatcher(safe_regex=RegexMatcher(regex=pattern))
