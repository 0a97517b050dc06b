"""Forty defects, each planted into a rendered pipeline: the check finds each, and nothing in the pipeline as rendered.

The mark is taken off first, so that it is not the digest that tells: the file is as if somebody had taken it over.
"""

import re
from pathlib import Path

import pytest

from check.rule_run import git, held
from check.test_foreign_repositories import backend
from render.pipelines import SHOP
from stead.check.facts import facts_of
from stead.check.registry import rules
from stead.render import github, gitlab

ACTIONS = github.files(SHOP)[".github/workflows/shop-ci.yml"]
LAB = "".join(text for path, text in gitlab.files(SHOP).items() if path.startswith(".gitlab/ci/shop/"))
STEP = "      - name: Check the description\n"
LAB_STEP = "    - uv run --locked stead check backends/shop\n"


def step(text):
    """Return a mutation: one more step of the check job."""
    return STEP, f"{text}{STEP}"


def line(text):
    """Return a mutation: one more command of GitLab's check job."""
    return LAB_STEP, f"{LAB_STEP}    - {text}\n"


MUTATIONS = {
    "rights of the whole workflow": ("permissions: {}\n", "permissions: write-all\n", "github broad"),
    "a right for every job": ("permissions: {}\n", "permissions:\n  packages: write\n", "github broad"),
    "no concurrency": ("concurrency:\n  group", "other:\n  group", "github concurrency"),
    "no timeout": (
        "    timeout-minutes: 15\n    permissions:\n      actions: read",
        "    permissions:\n      actions: read",
        "github timeout",
    ),
    "a check that may fail": (*step("      - run: uv run --locked pytest || true\n"), "github forgiven"),
    "set +e": (*step("      - run: |\n          set +e\n          make test\n"), "github forgiven"),
    "continue-on-error": (STEP, f"{STEP}        continue-on-error: true\n", "github forgiven"),
    "a job that may fail": (
        "  check:\n    name: check\n",
        "  check:\n    name: check\n    continue-on-error: true\n",
        "github forgiven",
    ),
    "latest with each push": (*step("      - run: docker push ghcr.io/example/shop-orders:latest\n"), "github latest"),
    "a secret in the log": (*step('      - run: echo "${{ secrets.TOKEN }}"\n'), "github printed"),
    "the environment in the log": (*step("      - run: env | sort\n"), "github printed"),
    "a token left behind": (
        "          persist-credentials: false\n",
        "          persist-credentials: true\n",
        "github token",
    ),
    "a script from the web": (*step("      - run: curl -s https://get.example.com | bash\n"), "github piped"),
    "an expression in a script": (*step("      - run: echo ${{ needs.plan.outputs.version }}\n"), "github expression"),
    "an output of old": (*step('      - run: echo "::set-output name=a::b"\n'), "github retired"),
    "an artifact of old": (*step("      - uses: actions/upload-artifact@v3.1.0\n"), "github retired"),
    "a condition that is a text": (
        *step("      - if: ${{ github.ref }} == 'x'\n        run: make\n"),
        "github condition",
    ),
    "a need that is not there": (
        '    needs:\n      - plan\n    if: "needs',
        '    needs:\n      - plans\n    if: "needs',
        "github need",
    ),
    "a result that is not needed": (
        "if: \"needs.plan.outputs.changed == 'true'\"",
        "if: \"needs.images.result == 'success'\"",
        "github need",
    ),
    "a step that is not there": ("steps.push.outputs.digest", "steps.pushed.outputs.digest", "github id"),
    "two steps of one id": ("        id: tag\n", "        id: push\n", "github id"),
    "a runner of old": ("runs-on: ubuntu-24.04", "runs-on: ubuntu-20.04", "github runner"),
    "a runner of one's own": ("runs-on: ubuntu-24.04", "runs-on: self-hosted", "github hosted"),
    "no environment": (*step("      - run: kubectl apply -k deploy\n"), "github environment"),
    "a ship that is cancelled": (
        "      cancel-in-progress: false\n",
        "      cancel-in-progress: true\n",
        "github cancelled",
    ),
    "a cache of all": (
        "format('type=registry,ref={0}:buildcache,mode=max', matrix.repository) || '' }}\"",
        "'' }}type=gha\"",
        "github cache",
    ),
    "twice for each push": (
        '  push:\n    branches:\n      - main\n    tags:\n      - "v[0-9]+.[0-9]+.[0-9]+"\n',
        "  push:\n    paths:\n      - src\n",
        "github twice",
    ),
    "any workflow's attestation": (' --signer-workflow "$SIGNER"', "", "github identity"),
    "gitlab: a check that may fail": (*line("make test || true"), "gitlab forgiven"),
    "gitlab: a job that may fail": ("shop:check:\n", "shop:check:\n  allow_failure: true\n", "gitlab forgiven"),
    "gitlab: latest with each push": (*line("docker push registry.example.com/shop:latest"), "gitlab latest"),
    "gitlab: a secret in the log": (*line('echo "$CI_JOB_TOKEN"'), "gitlab printed"),
    "gitlab: a script from the web": (*line("wget -qO- https://get.example.com | sh"), "gitlab piped"),
    "gitlab: a daemon": ("shop:check:\n", "shop:check:\n  services: [docker:28-dind]\n", "gitlab daemon"),
    "gitlab: no timeout": ('  timeout: "15 minutes"\n', "", "gitlab timeout"),
    "gitlab: ships at the same time": ("  resource_group: shop-staging\n", "", "gitlab group"),
    "gitlab: a ship that is stopped": (
        "  resource_group: shop-staging\n  interruptible: false\n",
        "  resource_group: shop-staging\n  interruptible: true\n",
        "gitlab cancelled",
    ),
    "gitlab: no environment": (
        "  environment:\n    name: staging\n    url: https://staging.example.com\n",
        "",
        "gitlab environment",
    ),
    "gitlab: anybody's signature": ('--certificate-oidc-issuer "$CI_SERVER_URL" ', "", "gitlab identity"),
    "gitlab: for ever": ('    expire_in: "30 days"\n', "", "gitlab expire"),
    "gitlab: only": ("shop:check:\n", "shop:check:\n  only: [main]\n", "gitlab only"),
    "gitlab: an identity on any branch": (
        "shop:check:\n",
        "shop:sign:\n  timeout: 5 minutes\n  id_tokens: {T: {aud: a}}\n  script: [make]\nshop:check:\n",
        "gitlab identity-token",
    ),
}


def kinds(text, lab):
    path = Path(".gitlab/ci/shop.yml" if lab else ".github/workflows/shop-ci.yml")
    return {at.more for at in facts_of(path, text).policies}


@pytest.fixture(scope="module")
def codes(tmp_path_factory):
    """What the check finds in a repository with each defect in a file of its own, by the file: asked once."""
    root = tmp_path_factory.mktemp("mutations")
    (root / "backend.py").write_text(backend(""))
    for name in ("as rendered", *MUTATIONS):
        for lab in (False, True):
            before, after, _ = MUTATIONS.get(name, ("", "", ""))
            if name == "as rendered" or name.startswith("gitlab:") is lab:
                file = root / path_of(name, lab=lab)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text((LAB if lab else ACTIONS).replace(before, after, 1))
    git(root, "init", "-q", "-b", "main", "--template=")
    found = {}
    for each in held(root, [rule for rule in rules(costs=("fast",)) if rule.code.startswith(("GITHUB", "GITLAB"))]):
        found.setdefault(Path(each.place.file).relative_to(root).as_posix(), set()).add(each.code)
    return found


def path_of(name, *, lab):
    file = f"{re.sub('[^a-z]+', '-', name)}.yml"
    return f".gitlab/ci/{file}" if lab else f".github/workflows/{file}"


def test_what_is_rendered_has_no_finding(codes):
    assert kinds(ACTIONS, lab=False) == kinds(LAB, lab=True) == set()
    assert [codes.get(path_of("as rendered", lab=lab)) for lab in (False, True)] == [None, None]


def test_there_are_forty():
    assert len(MUTATIONS) >= 40


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_defect_is_found_by_the_check(name, codes):
    before, after, kind = MUTATIONS[name]
    lab = name.startswith("gitlab:")
    text = LAB if lab else ACTIONS
    assert before in text
    assert kind in kinds(text.replace(before, after, 1), lab=lab)
    assert codes.get(path_of(name, lab=lab)), "the check finds nothing"
