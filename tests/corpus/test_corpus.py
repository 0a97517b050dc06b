"""The corpus holds: each kind at or above its floor, over all shapes together."""

from corpus.measure import Outcome, fallen, names, outcomes, table


def test_recall_and_precision_do_not_fall():
    results = [outcome for name in names() for outcome in outcomes(name)]
    assert fallen(results) == [], "\n".join(table(results))


def test_there_are_twenty_shapes():
    assert len(names()) >= 20


def test_one_rule_that_falls_is_enough():
    whats = [frozenset({f"GOOD001 {number}"}) for number in range(30)]
    good = [Outcome("a", "findings", what, what) for what in whats]
    silent = Outcome("b", "findings", frozenset({"SILENT001 a"}), frozenset())
    assert fallen(good) == []
    assert fallen([*good, silent]) == ["recall of SILENT001 is 0.00, below 0.80"]
