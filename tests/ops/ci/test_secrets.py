"""What a pipeline needs and no file may hold: each value once, with its environment and the command that sets it."""

import pytest

from render.pipelines import SHOP, STAGING, with_pipelines
from stead.model import Deploy, Github, Gitlab, SteadError
from stead.ops.ci.secrets import places, protections
from stead.render import github


def names(backend):
    return [(place.requirement.environment, place.requirement.name) for place in places(backend)]


def test_a_compose_host_needs_a_key_its_hosts_keys_and_where_it_is():
    found = names(with_pipelines(Github(deploys=[Deploy(STAGING)])))
    expected = ["DEPLOY_SSH_KEY", "DEPLOY_KNOWN_HOSTS", "DEPLOY_HOST", "DEPLOY_FOLDER"]
    assert found == [("staging", name) for name in expected]


@pytest.mark.parametrize(("target", "secret"), [("kubernetes", "KUBECONFIG_DATA"), ("workers", "CLOUDFLARE_API_TOKEN")])
def test_other_targets_need_their_own(target, secret):
    assert ("staging", secret) in names(with_pipelines(Github(deploys=[Deploy(STAGING, to=target)])))


def test_a_registry_needs_an_account_unless_it_is_the_forges_own():
    assert names(with_pipelines(Github())) == []
    assert names(with_pipelines(Gitlab())) == [("images", "REGISTRY_USER"), ("images", "REGISTRY_PASSWORD")]


def test_each_forge_is_told_by_its_own_command():
    commands = {place.forge: place.command for place in places(SHOP) if place.requirement.name == "DEPLOY_SSH_KEY"}
    assert commands["GitHub"] == "gh secret set DEPLOY_SSH_KEY --env prod"
    assert commands["GitLab"] == "glab variable set DEPLOY_SSH_KEY --protected --masked --hidden --scope prod < FILE"


def test_every_secret_of_a_rendered_workflow_is_listed():
    for target in ("compose", "kubernetes", "workers"):
        backend = with_pipelines(Github(deploys=[Deploy(STAGING, to=target)]), registry="registry.example.com")
        text = "".join(github.files(backend).values())
        listed = {name for _, name in names(backend)}
        read = {word.split(" ")[0] for kind in ("secrets.", "vars.") for word in text.split(kind)[1:]}
        assert read == listed


def test_a_backend_without_a_pipeline_is_told_which_word_to_add():
    with pytest.raises(SteadError, match="add pipelines="):
        list(places(with_pipelines()))


def test_an_environment_is_protected_for_the_event_that_ships_to_it():
    found = {(each.forge, each.environment): " ".join(each.commands) for each in protections(SHOP)}
    assert set(found) == {(forge, name) for forge in ("GitHub", "GitLab") for name in ("staging", "prod")}
    assert (
        "environments/staging/deployment-branch-policies' -f 'name=main' -f type=branch" in found["GitHub", "staging"]
    )
    assert "type=tag" not in found["GitHub", "staging"]
    assert "environments/prod/deployment-branch-policies' -f 'name=v*' -f type=tag" in found["GitHub", "prod"]
    assert "type=branch" not in found["GitHub", "prod"]
    assert "protected_environments -f name=prod" in found["GitLab", "prod"]
