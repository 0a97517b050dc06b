"""What the rules of Compose and of observability take for granted is what the renderer, the kit and the model have."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from check.rule_run import told
from render.describing import backends
from stead.check.compose import address, exposure, stack
from stead.check.context import Context
from stead.check.engine import check
from stead.check.observe import alert
from stead.check.registry import rules
from stead.check.tree import Tree
from stead.render import context as delivery
from stead.render.compose import bucket, context
from stead.render.docker.image_kind import PORT
from stead.render.observability.rule import REQUESTS
from stead.render.problem import RenderError
from stead.render.targets import generated

SOURCE = Path(alert.__file__).parents[2]
OURS = [*rules(["COMPOSE", "OBSERVE"]), *rules(["IMAGE017", "IMAGE018", "IMAGE019", "IMAGE02", "SECRET020"])]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(backends())
def test_nothing_is_found_in_what_is_rendered(backend):
    """Whatever is described: no rule finds fault with what the renderer makes of it."""
    try:
        files = generated(backend)
    except RenderError:
        return
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text.partition("\n")[2] if not name.endswith(".json") else text)
        result = check(Context(root / "backend.py", Tree(root), backend), OURS)
        assert result.broken == ()
        assert told(result.findings, root) == [], result.findings


@pytest.mark.parametrize("name", ["dev", "staging", "prod", "stage", "test"])
def test_files_of_an_environment_are_named_alike(name):
    assert stack.short(name) == context.short(name)


def test_servers_are_those_of_the_renderer():
    assert {*delivery.SERVERS.values(), bucket.STORE} == exposure.SERVERS


def test_metrics_are_those_of_the_kit():
    """A metric of the kit's that is renamed would make every rendered alert a finding, or none."""
    kit = "".join(path.read_text() for path in (SOURCE / "kit").rglob("*.py"))
    assert REQUESTS in alert.KIT_METRICS
    assert all(f'"{name}"' in kit for name in alert.KIT_METRICS)


def test_the_port_is_the_renderers():
    assert str(PORT) == address.LISTENS
