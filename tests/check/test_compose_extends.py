"""What a service extends is its own: no rule asks for it again, and none misses what it brings."""

import pytest

from check.own_files import DIGEST
from check.rule_run import git, held
from stead.check.registry import rules

COMPOSE = rules(costs=("fast",))
BASE = f"""services:
  usual:
    image: shop/usual:1.0{DIGEST}
    restart: unless-stopped
    mem_limit: 256m
    cap_drop: [ALL]
    logging: {{driver: json-file, options: {{max-size: 10m, max-file: "5"}}}}
    healthcheck: {{test: [CMD, wget, -qO-, "http://127.0.0.1/health"]}}
"""
SERVICES = """services:
  one: {extends: {file: common/usual.yaml, service: usual}, image: IMAGE}
  two: {extends: {file: common/usual.yaml, service: usual}, image: IMAGE}
  three: {extends: two, depends_on: {plain: {condition: service_healthy}}}
  plain: USUAL
""".replace("IMAGE", f"shop/one:1.0{DIGEST}").replace("USUAL", BASE.partition("usual:")[2].rstrip())


@pytest.fixture
def found(tmp_path):
    def codes(compose, base=BASE):
        (tmp_path / "common").mkdir(exist_ok=True)
        (tmp_path / "common/usual.yaml").write_text(base)
        (tmp_path / "compose.yaml").write_text(compose)
        (tmp_path / "backend.py").write_text('from stead import Backend\n\nbackend = Backend("shop")\n')
        git(tmp_path, "init", "-q")
        git(tmp_path, "add", "-A")
        findings = [each for each in held(tmp_path.resolve(), COMPOSE) if each.code.startswith("COMPOSE")]
        return [(each.code, each.place.file.removeprefix(f"{tmp_path}/"), each.place.line) for each in findings]

    return codes


def test_what_is_extended_counts_as_the_services_own(found):
    assert found(SERVICES) == []


def test_a_service_that_extends_nothing_is_the_one_without(found):
    alone = f"  four: {{image: shop/four:1.0{DIGEST}}}\n"
    line = (SERVICES + alone).splitlines().index(alone.rstrip()) + 1
    assert {(code, at) for code, _, at in found(SERVICES + alone)} == {("COMPOSE050", line), ("COMPOSE054", line)}


def test_what_the_base_does_wrong_is_said_at_the_base(found):
    privileged = BASE.replace("    cap_drop: [ALL]\n", "    privileged: true\n")
    places = {(file, line) for code, file, line in found(SERVICES, privileged) if code == "COMPOSE011"}
    assert places == {("common/usual.yaml", 6)}


@pytest.mark.parametrize("base", ["one", "nobody", "{file: ../elsewhere.yaml, service: one}", "{service: [one]}"])
def test_a_base_that_is_itself_or_is_not_there_costs_nothing(found, base):
    found(f"services:\n  one: {{extends: {base}, image: shop/one:1.0{DIGEST}}}\n")


@pytest.mark.parametrize(("last", "told"), [("USER 1:1\n", 1), ('HEALTHCHECK CMD ["a"]\n', 0)])
def test_an_image_that_a_base_builds_is_made_below_the_base(found, tmp_path, last, told):
    (tmp_path / "common/image").mkdir(parents=True)
    (tmp_path / "common/image/Dockerfile").write_text(f"FROM shop/base:1.0{DIGEST}\n{last}")
    waits = (
        "services:\n  one: {extends: {file: common/usual.yaml, service: usual}}\n"
        f"  two: {{image: 'shop/two:1.0{DIGEST}', depends_on: {{one: {{condition: service_healthy}}}}}}\n"
    )
    codes = [code for code, _, _ in found(waits, "services:\n  usual: {build: {context: image}}\n")]
    assert codes.count("COMPOSE051") == told
