"""Expressions of workflows have the values that GitHub gives them."""

import pytest

from stead.ops.ci.expression import ExpressionError, condition, evaluate, rendered

CONTEXT = {
    "github": {"event_name": "push", "ref": "refs/tags/v1.2.3", "event": {"pull_request": {"title": "A"}}},
    "needs": {"plan": {"outputs": {"changed": "true"}}, "test-all": {"result": "skipped"}},
}


@pytest.mark.parametrize(("text", "value"), [
    ("github.event_name == 'push'", True),
    ("github.event_name == 'PUSH'", True),
    ("github.event_name != 'push'", False),
    ("startsWith(github.ref, 'refs/tags/v')", True),
    ("github.event_name == 'push' && needs.plan.outputs.changed == 'true'", True),
    ("false || github.event.pull_request.title", "A"),
    ("github.nothing.at.all || 'b'", "b"),
    ("github.nothing && 'a' || ''", ""),
    ("!(true && false)", True),
    ("needs.test-all.result == 'skipped'", True),
    ("contains('abc', 'B')", True),
    ("contains(fromJSON('[1, 2]'), 2)", True),
    ("format('{0}:{1}', 'a', 2)", "a:2"),
    ("'it''s'", "it's"),
    ("toJSON(needs.plan.outputs)", '{"changed": "true"}'),
])  # fmt: skip
def test_an_expression_has_its_value(text, value):
    assert evaluate(text, CONTEXT) == value


@pytest.mark.parametrize("text", ["", "a b", "'open", "(true", "nothing('a')", "a ===", "true &&"])
def test_what_is_no_expression_is_an_error(text):
    with pytest.raises(ExpressionError):
        evaluate(text, CONTEXT)


@pytest.mark.parametrize(("text", "failed", "holds"), [
    ("", False, True),
    ("", True, False),
    ("always()", True, True),
    ("failure()", False, False),
    ("failure()", True, True),
    ("github.event_name == 'push'", True, False),
    ("${{ github.event_name == 'push' }}", False, True),
])  # fmt: skip
def test_a_condition_asks_that_nothing_failed_unless_it_says_otherwise(text, failed, holds):
    assert condition(text, CONTEXT, failed=failed) is holds


def test_expressions_in_a_text_are_put_in():
    assert rendered("a ${{ github.event_name }} b ${{ github.none }}.", CONTEXT) == "a push b ."
