"""A job on this machine: its steps, what stands in for its actions, and what ends with a script."""

import os
import time

import pytest
import yaml

from stead.model import SteadError
from stead.ops.ci.event import events
from stead.ops.ci.matrix import chosen, combinations
from stead.ops.ci.process import masked
from stead.ops.ci.runner import NOT_PUBLISHED, PUBLISHES, Trial, run, secrets_of


@pytest.mark.parametrize("detached", ["", "setsid "])
def test_a_script_that_leaves_a_server_in_the_background_ends_when_it_ends(tmp_path, capfd, detached):
    begun = time.monotonic()
    words = ["bash", "-c", f"{detached}sleep 60 & sleep 0.2; echo the key is s3cret"]
    outcome = masked("serve", words, tmp_path, {"PATH": os.environ["PATH"]}, ["s3cret"])
    assert (outcome.status, time.monotonic() - begun < 30) == (0, True)
    assert capfd.readouterr().out == "the key is ***\n"


def test_what_a_script_names_as_a_secret_is_masked_from_then_on(tmp_path, capfd):
    hidden = []
    words = ["bash", "-c", "echo ::add-mask::t0ken-of-now; echo it is t0ken-of-now"]
    masked("asks", words, tmp_path, {"PATH": os.environ["PATH"]}, hidden)
    assert capfd.readouterr().out == "::add-mask::***\nit is ***\n"
    assert hidden == ["t0ken-of-now"], "the next steps hide it as well"


STEPS = """
env: {PLACE: here}
steps:
  - {uses: actions/checkout@v7}
  - {run: 'echo "WORD=well" >> "$GITHUB_ENV"; echo "/opt/more" >> "$GITHUB_PATH"'}
  - {id: several, run: 'printf "lines<<END\\none\\ntwo\\nEND\\n" >> "$GITHUB_OUTPUT"'}
  - name: says
    env: {LINES: "${{ steps.several.outputs.lines }}", LEG: "${{ matrix.image }}"}
    run: echo "$WORD $PLACE $LEG $LINES" > "$GITHUB_WORKSPACE/said.txt"; echo "$PATH" > "$GITHUB_WORKSPACE/path.txt"
  - {name: keep, uses: actions/upload-artifact@v7, with: {name: "said-${{ matrix.image }}", path: "*.txt"}}
"""


def outcomes(text, tmp_path, artifacts=None, combination=None, secrets=None):
    event = next(each for each in events("main", "a", "b") if each.title == "push")
    top = tmp_path / "checkout"
    top.mkdir(exist_ok=True)
    trial = Trial(event, {}, top, secrets or {}, artifacts)
    return list(run(yaml.safe_load(text), trial, combination or {}))


def test_steps_hand_on_variables_paths_and_outputs_of_several_lines(tmp_path):
    found = outcomes(STEPS, tmp_path, tmp_path / "kept", {"image": "orders"})
    assert [each.status for each in found] == [None, 0, 0, 0, 0]
    assert found[3].step == "says (orders)"
    assert (tmp_path / "kept/said-orders/said.txt").read_text() == "well here orders one\ntwo\n"
    assert (tmp_path / "kept/said-orders/path.txt").read_text().startswith("/opt/more:")


def test_what_a_job_leaves_in_its_workspace_is_not_left_in_the_users_folder(tmp_path):
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout/read.txt").write_text("read me")
    script = 'steps: [{run: \'cat "$GITHUB_WORKSPACE/read.txt"; touch "$GITHUB_WORKSPACE/left.txt"\'}]'
    assert [each.status for each in outcomes(script, tmp_path)] == [0]
    assert [each.name for each in (tmp_path / "checkout").iterdir()] == ["read.txt"]


def test_a_job_takes_what_an_earlier_one_left_or_says_which_is_missing(tmp_path):
    fetch = "{uses: actions/download-artifact@v8, with: {name: said-orders, path: in}}"
    wanting = f"steps: [{fetch}, {{run: 'cat \"$GITHUB_WORKSPACE/in/said.txt\"'}}]"
    absent = outcomes(wanting, tmp_path)
    assert [each.status for each in absent] == [1, None]
    assert "no artifact said-orders here" in absent[0].why
    outcomes(STEPS, tmp_path, tmp_path / "kept", {"image": "orders"})
    assert [each.status for each in outcomes(wanting, tmp_path, tmp_path / "kept")] == [0, 0]


@pytest.mark.parametrize("script", [
    "docker push ghcr.io/example/shop:1", "gh label create bug --force",
    'gh release create "$GITHUB_REF_NAME"', "uv run --locked stead ci deploy x",
    "docker buildx imagetools create --tag a b", "cosign sign --yes x", "git push origin main", "kubectl apply -f x",
])  # fmt: skip
def test_a_script_that_publishes_is_not_run(script, tmp_path):
    found = outcomes(yaml.safe_dump({"steps": [{"run": script}]}), tmp_path)
    assert [(each.status, each.why) for each in found] == [(None, NOT_PUBLISHED)]


def test_a_step_that_may_fail_fails_no_job(tmp_path):
    text = "steps: [{name: may, run: exit 3, continue-on-error: true}, {name: after, run: 'true'}]"
    assert [(each.step, each.status) for each in outcomes(text, tmp_path)] == [("may", 0), ("after", 0)]


@pytest.mark.parametrize(("uses", "said"), [
    ("aquasecurity/trivy-action@x", "scan needs Trivy or Grype: https://trivy.dev"),
    ("anchore/sbom-action@x", "sbom needs Syft or Trivy: https://github.com/anchore/syft"),
    ("astral-sh/setup-uv@x", "uv is not installed: https://docs.astral.sh/uv"),
    ("docker/build-push-action@x", "docker is not installed: https://docs.docker.com"),
])  # fmt: skip
def test_a_program_that_is_missing_is_named_with_where_to_get_it(uses, said, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (found,) = outcomes(yaml.safe_dump({"steps": [{"uses": uses, "with": {"input": "image.tar"}}]}), tmp_path)
    assert found.status == 127
    assert said in found.why


def test_a_working_directory_that_is_not_there_is_said(tmp_path):
    (found,) = outcomes("steps: [{run: 'true', working-directory: nowhere}]", tmp_path)
    assert (found.status, "nowhere" in found.why) == (1, True)


@pytest.mark.parametrize("name", ["../out", "a/b", "", "..", "a:b"])
def test_an_artifact_is_kept_in_the_folder_for_them_alone(name, tmp_path):
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout/a.txt").write_text("a")
    step = {"uses": "actions/upload-artifact@v7", "with": {"name": name, "path": "a.txt"}}
    (found,) = outcomes(yaml.safe_dump({"steps": [step]}), tmp_path, tmp_path / "kept/here")
    assert found.status == 1
    assert [each for each in tmp_path.rglob("a.txt") if "checkout" not in each.parts] == []


@pytest.mark.parametrize(("text", "said"), [
    ("steps: [nothing]", "step 1 is not a step of a job"),
    ("steps: [{uses: a/b@c, with: [1]}]", "step 1 is not a step of a job"),
    ("steps: [{name: x, run: 'true', if: 'nothing('}]", "step 1, x"),
])  # fmt: skip
def test_a_step_that_cannot_be_followed_is_an_error_that_names_it(text, said, tmp_path):
    with pytest.raises(SteadError, match=said):
        outcomes(text, tmp_path)


def test_a_folder_for_artifacts_that_is_a_file_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SteadError, match="cannot be a folder for artifacts"):
        outcomes("steps: [{run: 'true'}]", tmp_path, tmp_path / "file")


def test_a_secret_that_is_no_text_is_an_error_without_its_value(tmp_path):
    (tmp_path / "KEY").write_bytes(b"\xff\xfe")
    with pytest.raises(SteadError, match=r"cannot be read as text: UnicodeDecodeError$"):
        secrets_of(tmp_path)


def test_a_job_of_another_workflow_is_said_to_be_not_run(tmp_path):
    (found,) = outcomes("uses: ./.github/workflows/lint.yml", tmp_path)
    assert (found.step, found.status) == ("./.github/workflows/lint.yml", None)


@pytest.mark.parametrize(("matrix", "found"), [
    ({"include": [{"image": "a"}, {"image": "b"}]}, [{"image": "a"}, {"image": "b"}]),
    ({"os": ["x", "y"], "node": [1, 2], "exclude": [{"os": "y", "node": 2}]},
     [{"os": "x", "node": 1}, {"os": "x", "node": 2}, {"os": "y", "node": 1}]),
    ("${{ fromJSON(needs.plan.outputs.matrix) }}", [{}]),
    ({"image": "${{ fromJSON(x) }}"}, [{}]),
    ({"os": []}, [{}]),
])  # fmt: skip
def test_a_matrix_has_the_legs_that_github_makes_of_it(matrix, found):
    assert combinations({"strategy": {"matrix": matrix}}) == found


def test_a_leg_that_is_none_is_an_error_that_names_those_that_are():
    for choice in ("image=c", "image", "other=", "a"):
        with pytest.raises(SteadError, match=f"no combination of the matrix has {choice}; it has image=a, image=b"):
            chosen([{"image": "a"}, {"image": "b"}], choice)


@pytest.mark.parametrize("script", ["docker buildx build --push .", "docker buildx build \\\n  --push .",
                                    "docker image push x", "docker compose push", "git -C . push",
                                    "kubectl -n prod apply -f x", "helm --namespace x upgrade a b"])  # fmt: skip
def test_options_before_what_publishes_do_not_hide_it(script):
    assert PUBLISHES.search(script)


@pytest.mark.parametrize("script", ["docker build . && echo push", "docker buildx build --push=false .", "git status"])
def test_a_script_that_does_not_publish_is_no_such(script):
    assert not PUBLISHES.search(script)


def test_a_secret_in_the_name_of_a_step_is_masked(tmp_path):
    job = {"steps": [{"name": "for ${{ secrets.KEY }}", "run": "true"}]}
    trial = Trial(events("main", "backend.py", "README.md")[0], {}, tmp_path, {"KEY": "hidden-value"})
    assert [each.step for each in run(job, trial, {})] == ["for ***"]
