"""envoy.extensions.filters.http.custom_response.v3: another answer in place of one that an upstream gave."""

from stead.gateway.envoy.core import TypedExtension
from stead.gateway.envoy.matcher import StringMatcher, exact_matcher
from stead.gateway.envoy.message import Message


class StatusInput(Message, type="envoy.type.matcher.v3.HttpResponseStatusCodeMatchInput"):
    """The status of the upstream's answer."""


class LocalResponse(Message, type="envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy"):
    """Envoy's own answer, which then goes through the local replies."""

    status_code: int


class SinglePredicate(Message):
    input: TypedExtension
    value_match: StringMatcher


class Predicate(Message):
    single_predicate: SinglePredicate


class OnMatch(Message):
    action: TypedExtension


class FieldMatcher(Message):
    predicate: Predicate
    on_match: OnMatch


class MatcherList(Message):
    matchers: tuple[FieldMatcher, ...]


class Matcher(Message):
    matcher_list: MatcherList


class CustomResponse(Message, type="envoy.extensions.filters.http.custom_response.v3.CustomResponse"):
    custom_response_matcher: Matcher


def instead(status: int, other: int) -> CustomResponse:
    """Return what answers `other` where an upstream answered `status`."""
    predicate = SinglePredicate(
        input=TypedExtension(name="status", typed_config=StatusInput()), value_match=exact_matcher(str(status))
    )
    action = TypedExtension(name=f"answer_{other}", typed_config=LocalResponse(status_code=other))
    matcher = FieldMatcher(predicate=Predicate(single_predicate=predicate), on_match=OnMatch(action=action))
    return CustomResponse(custom_response_matcher=Matcher(matcher_list=MatcherList(matchers=(matcher,))))
