"""Pipelines of GitLab: the jobs of GitHub's workflow by their names, images without a Docker daemon, protected."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from render.pipelines import ORDERS, OWN, PAID, SHOP, STAGING, pipelined, with_pipelines
from stead.model import Deploy, Gitlab
from stead.ops.ci.simulation import parsed
from stead.render import github, gitlab
from stead.render.header import mark_of
from stead.render.problem import RenderError
from stead.render.targets import generated

DIGEST = re.compile(r"\S+:\S+@sha256:[0-9a-f]{64}")


def jobs(backend=SHOP):
    texts = [text for path, text in gitlab.files(backend).items() if path.startswith(f".gitlab/ci/{backend.name}/")]
    return {name: job for text in texts for name, job in parsed(text).items()}


def test_the_entry_includes_the_components_of_every_backend_and_runs_one_pipeline_for_a_commit():
    entry = parsed(gitlab.files(SHOP)[".gitlab-ci.yml"])
    assert entry["include"] == [{"local": ".gitlab/ci/**/*.yml"}]
    assert entry["workflow"]["rules"][0] == {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}
    assert [rule.get("auto_cancel") for rule in entry["workflow"]["rules"]] == [
        None,
        {"on_new_commit": "none"},  # else a commit of docs cancels the pipeline of one that has to be shipped
        {"on_new_commit": "none"},
    ]


def test_the_entry_belongs_to_every_backend():
    texts = [generated(each, ["gitlab"])["../../.gitlab-ci.yml"] for each in (SHOP, replace(SHOP, name="other"))]
    assert texts[0] == texts[1]
    assert mark_of(texts[0]).source == "each backend.py"


def test_each_stage_is_a_component_that_holds_its_jobs_alone():
    for path, text in gitlab.files(SHOP).items():
        if path.startswith(".gitlab/ci/"):
            stage = path.rpartition("/")[2].removesuffix(".yml")
            assert {job["stage"] for job in parsed(text).values()} == {stage}


def test_what_pushes_signs_and_ships_runs_on_the_runners_that_are_named():
    for name, job in jobs().items():
        protected = all('CI_COMMIT_REF_PROTECTED == "true"' in rule["if"] for rule in job["rules"])
        assert job.get("tags") == (["protected"] if protected else None), name


def test_renovate_waits_a_week_and_its_file_has_a_mark():
    files = generated(with_pipelines(Gitlab(parts=["renovate"])), ["gitlab"])
    text = files["../../.gitlab/renovate.json5"]
    assert mark_of(text).source == "backends/shop/backend.py"
    assert json.loads(text.partition("\n")[2])["minimumReleaseAge"] == "7 days"


def test_jobs_have_the_names_of_githubs():
    there = {job.id for each in github.workflows(SHOP) for job in each.jobs if each.file == "shop-ci.yml"}
    assert {name.removeprefix("shop:") for name in jobs()} == (there - {"ok"}) | {"report"}


def test_images_are_built_without_a_docker_daemon_and_named_by_the_commit():
    found = jobs()["shop:images"]
    assert "rootless" in found["image"]["name"]
    assert "services" not in found
    assert '"$REPOSITORY:$CI_COMMIT_SHA"' in found["script"][-1]
    assert [each["IMAGE"] for each in found["parallel"]["matrix"]] == ["orders", "python"]


def test_a_dockerfile_of_ones_own_has_a_leg_with_what_its_build_sees():
    found = jobs(with_pipelines(Gitlab(), services=[ORDERS, OWN, PAID], gateway=None))
    for name in ("shop:build", "shop:images"):
        legs = {each["IMAGE"]: each for each in found[name]["parallel"]["matrix"]}
        assert (legs["paid"]["CONTEXT"], legs["paid"]["FOLDER"]) == ("backends/shop/paid", "backends/shop/paid")
        assert (legs["own"]["CONTEXT"], legs["own"]["FOLDER"], legs["own"]["FILE"]) == (".", ".", "own.Dockerfile")
        assert (legs["own"]["TARGET"], legs["own"]["ARGUMENTS"]) == ("slim", "KIND=small")
        assert '--opt target="$TARGET" "$@"' in "".join(found[name]["script"])


@pytest.mark.parametrize("value", ["two words", "", "a*", "$HOME"])
def test_an_argument_that_no_script_takes_is_an_error(value):
    own = replace(OWN, build=replace(OWN.build_spec, args={"KIND": value}))
    with pytest.raises(RenderError, match="GITLAB002 the build argument KIND of own"):
        generated(with_pipelines(Gitlab(), services=[own], gateway=None), ["gitlab"])


def test_images_are_pushed_from_protected_references_only():
    for name in ("images", "scan", "sbom", "attest", "verify", "deploy-staging"):
        for rule in jobs()[f"shop:{name}"]["rules"]:
            assert '$CI_COMMIT_REF_PROTECTED == "true"' in rule["if"]


def test_a_signature_is_verified_with_identity_and_issuer():
    script = "".join(jobs()["shop:verify"]["script"])
    assert "--certificate-identity" in script
    assert "--certificate-oidc-issuer" in script
    assert jobs()["shop:attest"]["id_tokens"] == {"SIGSTORE_ID_TOKEN": {"aud": "sigstore"}}


def test_a_ship_is_not_interrupted_and_waits_for_the_one_before():
    found = jobs()["shop:deploy-staging"]
    assert found["interruptible"] is False
    assert found["resource_group"] == "shop-staging"
    assert found["environment"] == {"name": "staging", "url": "https://staging.example.com"}
    assert jobs()["shop:check"]["interruptible"] is True


def test_a_change_elsewhere_starts_no_job():
    rules = jobs()["shop:check"]["rules"]
    assert "backends/shop/**/*" in rules[0]["changes"]["paths"]
    assert "changes" not in rules[2]


def test_the_token_of_the_job_is_used_for_gitlabs_own_registry():
    own = jobs(with_pipelines(Gitlab(), registry="registry.gitlab.com/shop/shop"))["shop:images"]["variables"]
    assert own["PASSWORD_OF_REGISTRY"] == "$CI_REGISTRY_PASSWORD"
    assert jobs()["shop:images"]["variables"]["PASSWORD_OF_REGISTRY"] == "$REGISTRY_PASSWORD"


@pytest.mark.parametrize(("target", "program"), [("workers", "wrangler"), ("kubernetes", "kubectl")])
def test_a_target_whose_program_no_image_has_is_an_error(target, program):
    with pytest.raises(RenderError, match=f"GITLAB001 .* has no {program}"):
        generated(with_pipelines(Gitlab(deploys=[Deploy(STAGING, to=target)])), ["gitlab"])


@settings(max_examples=15, deadline=None)
@given(pipelined())
def test_any_description_gives_a_pipeline_that_holds_the_rules(backend):
    found = jobs(backend)
    for job in found.values():
        assert DIGEST.fullmatch(job["image"]["name"])
        assert {need["job"] for need in job["needs"]} <= set(found)
        assert job["rules"]
        assert not re.search(r"echo [^|\n]*PASSWORD", "".join(job["script"]))
