"""Manifests as a person writes them, in which no rule finds anything: what defects are planted into.

Those that begin with `plain` lie beside a team's code, for a laptop's cluster: they are held to what is wrong anywhere,
and to no more. In the others NAME, CALLER and CALLEE stand for what `of` puts there.
"""

from pathlib import Path

FOLDER = Path(__file__).parent / "manifests"
APART = "---\n"


def text(name: str) -> str:
    return (FOLDER / f"{name}.yaml").read_text()


def of(name: str, *kinds: str, caller: str = "edge", callee: str = "stock") -> str:
    """Return the manifests of these kinds for one name, in one text."""
    whole = APART.join(text(kind) for kind in kinds)
    for word, instead in (("NAME", name), ("CALLER", caller), ("CALLEE", callee)):
        whole = whole.replace(word, instead)
    return whole


def added(whole: str, *others: str) -> str:
    """Return a text with other manifests behind it."""
    return APART.join((whole, *others))


WORKLOAD = ("account", "deployment", "service", "budget", "policy")
APP = of("wishes", "namespace", *WORKLOAD)
JOB = of("fill", "account", "job", "policy")
