"""The corpus holds: each kind at or above its floor, over all shapes together."""

from corpus.measure import fallen, names, outcomes, table


def test_recall_and_precision_do_not_fall():
    results = [outcome for name in names() for outcome in outcomes(name)]
    assert fallen(results) == [], "\n".join(table(results))
