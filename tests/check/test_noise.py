"""Rules that told owners of public repositories more than they would mend: what is sure, and what is less so."""

import pytest

from check.rule_run import held
from check.test_false_alarms import EMPTY, workflow
from check.test_foreign_repositories import SERVED, backend, planted
from stead.check.registry import rules
from stead.check.tree import Tree

ALL = rules(costs=("fast", "slow"))


def told(root, files, code):
    """Return what a rule says in a repository, and whether it is sure."""
    return [(each.message, each.sure) for each in planted(root, EMPTY | files) if each.code == code]


def sureness(root, files, code):
    return [sure for _, sure in told(root, files, code)]


# ---- IMAGE010


def test_an_image_that_is_named_often_is_one_finding(tmp_path):
    compose = "services:\n  a: {image: redis}\n  b: {image: redis}\n  c: {image: 'redis:latest'}\n"
    assert [message for message, _ in told(tmp_path, {"compose.yaml": compose}, "IMAGE010")] == [
        "redis has no tag, so the image can change, here and in 1 more",
        "redis has latest, so the image can change",
    ]


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: mail}]}\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"k8s/a.yaml": POD}, [True]),
        ({"k8s/a.yaml": POD, "src/mail/Dockerfile": "FROM scratch\n"}, [False]),
        ({"examples/k8s/a.yaml": POD}, [False]),
        ({"k8s/a.yaml": POD, "Tiltfile": "docker_build('mail', '.')\n"}, []),
        ({"k8s/a.yaml": POD, "k8s/kustomization.yaml": "images: [{name: mail, newTag: '1.2'}]\n"}, []),
        ({"k8s/a.yaml": POD, "k8s/kustomization.yaml": "images: [{name: mail, newTag: latest}]\n"}, [True]),
    ],
)
def test_an_image_is_asked_for_its_tag_where_its_name_is_what_runs(tmp_path, files, found):
    assert sureness(tmp_path, files, "IMAGE010") == found


# ---- COMPOSE050

FORGOTTEN = "c, d are not restarted, and others in this file are"
KEPT = "  a: {image: 'a:1', restart: always}\n  b: {image: 'b:1', restart: always}\n"


@pytest.mark.parametrize(
    ("services", "found"),
    [
        (KEPT + "  c: {image: 'c:1'}\n  d: {image: 'd:1'}\n", [(FORGOTTEN, True)]),
        ("  a: {image: 'a:1', restart: always}\n  c: {image: 'c:1'}\n  d: {image: 'd:1'}\n",
         [(FORGOTTEN, False)]),
        (KEPT + "  db-migrate: {image: 'c:1'}\n  buckets: {image: 'minio/mc:1'}\n", []),
    ],
)  # fmt: skip
def test_what_most_of_a_file_does_is_what_the_rest_has_forgotten(tmp_path, services, found):
    assert told(tmp_path, {"compose.yaml": f"services:\n{services}"}, "COMPOSE050") == found


def test_a_laptop_s_file_need_not_restart_and_another_file_may_say_it(tmp_path):
    text = f"services:\n{KEPT}  c: {{image: 'c:1'}}\n"
    assert sureness(tmp_path, {"compose.dev.yaml": text}, "COMPOSE050") == [False]
    (tmp_path / "compose.dev.yaml").unlink()
    both = {"compose.yaml": text, "compose.prod.yaml": "services: {c: {restart: always}}\n"}
    assert sureness(tmp_path, both, "COMPOSE050") == []


# ---- SERVICE023


def services(*names, more=""):
    return backend(", ".join(f'Service("{name}", command="node s.js", folder="{name}"{more})' for name in names))


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a/Dockerfile": "", "b/Dockerfile": ""}, [True]),
        ({"a/Dockerfile": ""}, [False, False]),
        ({"a/Dockerfile": "", "b/Dockerfile.prod": "", "docker/c/Dockerfile": ""}, []),
        ({"a/Dockerfile": "", "b/Dockerfile": "", "c/Procfile": "web: node s.js\n"}, []),
        ({"a/Dockerfile": "", "b/Dockerfile": "", "c/pom.xml": "<artifactId>jib-maven-plugin</artifactId>"}, []),
    ],
)
def test_a_dockerfile_is_missed_where_most_have_one(tmp_path, files, found):
    files = {f"{name}/s.js": SERVED for name in "abc"} | files | {"backend.py": services("a", "b", "c")}
    assert sureness(tmp_path, files, "SERVICE023") == found


def test_a_build_names_its_dockerfile(tmp_path):
    files = {"a/Dockerfile": "FROM scratch\n", "b/Dockerfile": "FROM scratch\n", "c/s.js": SERVED}
    built = services("a", "b") + "\nc = Service('c', command='node s.js', folder='c', build='a')\n"
    built += 'backend = Backend("shop", services=[*backend.services, c])\n'
    assert sureness(tmp_path, files | {"backend.py": built}, "SERVICE023") == []


# ---- SECRET018


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('mysql -p"$PASSWORD" shop', [True]),
        ("mysql -pchangeme shop", [False]),
        ("redis-cli -a postgres ping", [False]),
        ("docker build --secret id=npm,env=NPM_TOKEN .", []),
        ("gcloud secrets versions access latest --secret=shop-key", []),
    ],
)
def test_a_secret_on_a_command_line_is_a_value_that_guards_something(tmp_path, line, found):
    assert sureness(tmp_path, {"run.sh": f"#!/bin/sh\n{line}\n"}, "SECRET018") == found


def test_a_pipeline_s_command_line_and_a_test_s_are_less_sure(tmp_path):
    step = workflow("run: tool --token ${{ secrets.TOKEN }}")
    script = {"tests/run.sh": '#!/bin/sh\ntool --token "$TOKEN"\n'}
    assert sureness(tmp_path, step | script, "SECRET018") == [False, False]


# ---- FILE019


def test_a_script_s_pitfall_is_one_finding_and_what_is_well_in_most_is_less_sure(tmp_path):
    (tmp_path / "backend.py").write_text(backend(""))
    (tmp_path / "run.sh").write_text('#!/bin/sh\ncd "$1"\ncd "$2"\nunused=1\n')
    found = [(each.place.line, each.message.rpartition("(")[2], each.sure) for each in held(tmp_path, ALL)
             if each.code == "FILE019"]  # fmt: skip
    assert found == [(2, "SC2164), here and in 1 more places", True), (4, "SC2034)", False)]


# ---- BOUNDARY017

EDGE = (
    "from stead import Backend, Clerk, Gateway, Route, Service\n"
    'api = Service("api", command="node s.js", folder="api", routes=[Route.public("GET", "/v1/a")])\n'
    'backend = Backend("shop", gateway=Gateway("edge", users=Clerk(), fronts=[api]), services=[api])\n'
)


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ("location /v2 { proxy_pass http://api:80; }", [True]),
        ("location /v2 { return 200 '5'; }", [True]),
        ("location /v2/ { proxy_pass http://api:80/; }", [False]),
        ("location /app { proxy_pass http://web:3000; }", [False]),
        ("location /app { limit_except GET { deny all; } root /srv; }", []),
        ("location /old { return 301 /new; }\nlocation /status { stub_status; }", []),
        ("location /v1/a { proxy_pass http://api:80; }", []),
    ],
)
def test_a_location_is_a_route_where_it_lets_a_request_in(tmp_path, block, found):
    files = {"backend.py": EDGE, "api/s.js": SERVED, "edge/nginx.conf": f"server {{\n{block}\n}}\n"}
    assert sureness(tmp_path, files, "BOUNDARY017") == found


def test_what_one_file_lets_in_is_one_finding(tmp_path):
    locations = "".join(f"location /v{number} {{ return 200; }}\n" for number in range(2, 8))
    files = {"backend.py": EDGE, "api/s.js": SERVED, "edge/nginx.conf": f"server {{\n{locations}}}\n"}
    assert told(tmp_path, files, "BOUNDARY017") == [
        ("this gateway admits /v2, /v3, /v4 and 3 more, which no route declares", True)
    ]


# ---- what one cause makes, and what a comment silences of it


def jobs(*names, silent=""):
    lines = [f"  {name}: {{runs-on: ubuntu-24.04, steps: [{{run: make}}]}}\n" for name in names]
    silenced = "  # stead: ignore[GITHUB013] it is short\n"
    head = "name: ci\non: push\npermissions: {}\nconcurrency: one\njobs:\n"
    return {".github/workflows/ci.yml": head + "".join(f"{silenced if name == silent else ''}{line}" for name, line in
                                                     zip(names, lines, strict=True))}  # fmt: skip


def test_jobs_without_a_timeout_are_one_finding_a_file(tmp_path):
    assert [message for message, _ in told(tmp_path, jobs("a", "b", "c"), "GITHUB013")] == [
        "a may run for six hours; 2 more like it in this file"
    ]


def test_a_silence_of_one_place_is_none_of_the_others(tmp_path):
    assert [message for message, _ in told(tmp_path, jobs("a", "b", "c", silent="a"), "GITHUB013")] == [
        "b may run for six hours; 1 more like it in this file"
    ]


def test_the_ports_of_a_server_are_one_finding(tmp_path):
    files = {"compose.yaml": "services: {q: {image: 'rabbitmq:4', ports: ['1:1', '2:2', '127.0.0.1:3:3']}}\n"}
    assert [message for message, _ in told(tmp_path, files, "COMPOSE049")] == [
        "q is published on every address, here and in 1 more ports"
    ]


# ---- found in two more repositories


@pytest.mark.parametrize("text", ["a: 1\n%{ if x ~}\nb: 2\n%{ endif }\n", "%{~ for x in y }\n- a\n%{ endfor ~}\n"])
def test_a_template_of_terraform_is_no_yaml_yet(tmp_path, text):
    assert told(tmp_path, {"values/app.yaml": text}, "FILE010") == []
    assert told(tmp_path, {"values/app.yaml": "a: 1\n%{x\n"}, "FILE010") != []


def test_options_behind_an_image_are_its_program_s(tmp_path):
    line = "docker run --rm -v /tmp:/out report:1 analyze -f JSON -o /out"
    assert told(tmp_path, {"run.sh": f"#!/bin/sh\n{line}\n"}, "PATH014") == []


@pytest.mark.parametrize(("reference", "sure"), [("github.head_ref", True), ("github.base_ref", False)])
def test_a_base_s_branch_is_named_by_who_may_write(tmp_path, reference, sure):
    assert sureness(tmp_path, workflow(f"run: git diff ${{{{ {reference} }}}}"), "FILE028") == [sure]


def test_a_shell_in_a_list_is_told_how_it_hands_over(tmp_path):
    text = 'FROM a:1\nENTRYPOINT ["sh", "-c", "java $OPTS -jar a.jar"]\n'
    (found,) = [each for each in planted(tmp_path, EMPTY | {"a/Dockerfile": text}) if each.code == "IMAGE018"]
    assert found.problem.mend.startswith("begin the last command of the script with exec")


def test_a_default_that_compose_overrides_is_less_sure(tmp_path):
    api = 'Service("api", command="node s.js", folder="api", settings=[Setting("STORE", default="redis")])'
    files = {"backend.py": backend(api), "api/s.js": f"{SERVED}process.env.STORE || 'memory';\n"}
    assert sureness(tmp_path, files, "SETTING012") == [True]
    files["compose.yaml"] = "services: {api: {image: 'a:1', environment: {STORE: redis}}}\n"
    assert sureness(tmp_path, files, "SETTING012") == [False]


def test_a_file_that_is_not_there_is_no_note(tmp_path):
    assert Tree(tmp_path).text(tmp_path / "gone" / "go.mod") is None
    tree = Tree(tmp_path)
    tree.text(tmp_path / "go.mod")
    assert tree.notes == []


PIPELINE = "a:\n  timeout: 5 minutes\n  script:\n{}"


@pytest.mark.parametrize(
    ("lines", "times"),
    [
        (["mkdir made", "kubectl apply -f made/all.yaml"], 0),
        (["cd api", "sh ./run.sh"], 0),
        (["sh ./run.sh"], 1),
    ],
)
def test_the_lines_of_a_job_of_gitlab_are_one_shell_s(tmp_path, lines, times):
    text = PIPELINE.format("".join(f"    - {line}\n" for line in lines))
    files = {".gitlab-ci.yml": text, "api/run.sh": "#!/bin/sh\nset -eu\nls\n"}
    assert len(told(tmp_path, files, "PATH015")) == times


def test_what_a_step_makes_is_there_for_the_next_one(tmp_path):
    assert told(tmp_path, workflow("run: mkdir made", "run: cat made/list.txt"), "PATH015") == []
    assert len(told(tmp_path, workflow("run: cat made/list.txt"), "PATH015")) == 1
