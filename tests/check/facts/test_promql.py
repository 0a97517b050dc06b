"""PromQL: faults are told in the parser's words; what other parsers read is left alone, and nothing ends the check."""

import pytest

from stead.check.facts.promql import LONGEST, fault, metrics


@pytest.mark.parametrize(
    "expression",
    ["sum(up", "rate(up) > 5", "percentile(0.9, up)", 'up{job=~"a["}', "up and", "sum by (job", "up[5m", "up == == 1"],
)
def test_an_expression_that_prometheus_refuses_is_told(expression):
    said = fault(expression)
    assert said
    assert "\n" not in said


@pytest.mark.parametrize(
    "expression",
    [
        "up == 0",
        'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) > 0.1',
        "max_over_time(up[5m:1m] offset 1h) == 1",
        "histogram_quantile(0.9, sum by (le) (rate(latency_bucket[5m])))",
        "up * on (pod) group_left (node) kube_pod_info",
        "holt_winters(up[1h], 0.5, 0.5) > 1",  # of Prometheus 2
        "{{ .Values.expression }} > 1",  # of a chart
        "rate(up[$__interval])",  # of a dashboard
        'sum(rate({app="shop"} |= "error" [5m])) > 1',  # of Loki
        'sum(rate({app="shop"} | json | level = "error" [5m])) > 1',
        "up[5m * 2]",  # experimental
    ],
)
def test_what_prometheus_or_another_program_takes_is_left_alone(expression):
    assert fault(expression) == ""


@pytest.mark.parametrize("deep", ["(" * 200_000, "-" * 200_000 + "1", "sum(" * 5_000, "up + " * 1_500 + "up"])
def test_what_is_too_deep_or_too_long_is_not_read(deep):
    assert fault(deep) == ""
    assert metrics(deep) == []


@pytest.mark.parametrize("deep", ["(" * 300 + "up" + ")" * 300, "-" * 300 + "1", "up" + " + up" * 300])
def test_the_deepest_that_is_read_does_not_end_the_process(deep):
    assert len(deep) < LONGEST
    assert fault(deep) == ""


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("up == 0", ["up"]),
        ('sum by (job) (rate(a_total{x="b_total"}[5m])) / on(job) b:c', ["a_total", "b:c"]),
        ("histogram_quantile(0.99, sum by (le) (rate(a_bucket[5m]))) > 1e3", ["a_bucket"]),
        ("a unless (b offset 5m) or absent(c)", ["a", "b", "c"]),
        ("sum(rate(a[5m])) / sum(rate(a[5m]))", ["a"]),
        ("sum(a", []),
    ],
)
def test_the_metrics_of_an_expression_are_each_named_once(expression, names):
    assert metrics(expression) == names
