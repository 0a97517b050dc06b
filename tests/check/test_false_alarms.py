"""What was told of public repositories although it is well: a small case each, and one beside it that is not."""

import base64
import json

import pytest

from check.rule_run import git, held
from check.test_foreign_repositories import API, DIGEST, SERVED, backend, codes, planted
from cli.command import stead
from stead.check.registry import rules

EMPTY = {"backend.py": backend("")}
HEAD = "name: ci\non: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"


def found(root, files, code):
    return [each for each in planted(root, EMPTY | files) if each.code == code]


def sure(findings):
    return [each for each in findings if each.sure]


def workflow(*steps):
    return {".github/workflows/ci.yml": HEAD + "".join(f"      - {step}\n" for step in steps)}


def token(seconds):
    parts = [{"alg": "HS256"}, {"sub": "0123456789", "iat": 1_600_000_000, "exp": 1_600_000_000 + seconds}]
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.m1U63blB0MLej_WfB7yC2FTMnCziif9X8yzwDEfJXAg"


@pytest.mark.parametrize(("seconds", "times"), [(1_800, 0), (30_000_000, 1)])
def test_a_token_of_half_an_hour_is_an_example(tmp_path, seconds, times):
    assert len(found(tmp_path, {"api.yml": f"example: {token(seconds)}\n"}, "SECRET010")) == times


def test_the_rules_of_a_form_are_no_password(tmp_path):
    text = "<?php\n$rules = ['password' => 'required|alpha_dash|string|max:255'];\n"
    assert not found(tmp_path, {"a.php": text}, "SECRET013")


@pytest.mark.parametrize(
    ("line", "times"),
    [
        ("git switch -C new-branch", 0),
        ("git -C gone pull", 1),
        ("kubectl apply -f <(cat k8s/*.yml)", 0),
        ("CONNECTION=projects/PROJECT_ID/instances/a", 0),
        (". .husky/_/husky.sh", 0),
        ("cat gone/a.txt", 1),
        ("for each in gone/a.txt k8s/a.yml gone/b.txt; do cat $each; done", 2),
        ('for each in gone k8s; do kubectl apply -f "$each/a.yml"; done', 1),
        ('for each in gone/a.txt; do [ -f "$each" ] && cat "$each"; done', 0),
        ("for each in $(ls); do cat $each/a.txt; done", 0),
    ],
)
def test_a_word_of_a_command_is_a_path_only_where_the_command_reads_it(tmp_path, line, times):
    files = {"run.sh": f"#!/bin/sh\n{line}\n", "k8s/a.yml": "a: 1\n"}
    assert len(found(tmp_path, files, "PATH014")) == times


@pytest.mark.parametrize(("link", "times"), [("IMG_URL/a.png", 0), ("img/a.png", 1)])
def test_an_address_that_a_program_fills_in_is_no_dead_link(tmp_path, link, times):
    assert len(found(tmp_path, {"a.md": f"![a]({link})\n"}, "PATH010")) == times


def test_a_link_into_what_an_install_makes_leads_somewhere(tmp_path):
    (tmp_path / "there").symlink_to(".venv/lib/a")
    (tmp_path / "gone").symlink_to("nowhere")
    (only,) = found(tmp_path, {}, "PATH019")
    assert only.place.file.endswith("gone")


def test_many_run_bits_are_one_finding(tmp_path):
    files = {f"src/{number}.js": "1\n" for number in range(9)}
    planted(tmp_path, EMPTY | files)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "update-index", "--chmod=+x", *files)
    (only,) = held(tmp_path, rules(["FILE016"]))
    assert only.message.startswith("9 files are executable and have no interpreter line; the first is src/0.js")


def test_a_data_file_in_a_script_s_words_is_not_called(tmp_path):
    files = {
        "run.sh": '#!/bin/sh\nnpm version "$(node -p "require(\'./package.json\').version")"\n',
        "package.json": "{}",
    }
    assert not found(tmp_path, files, "FILE015")


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("github.event.pull_request.number", 0),
        ("github.event.workflow_run.head_sha", 0),
        ("github.event.pull_request.title", 1),
    ],
)
def test_a_number_or_a_commit_cannot_be_a_command(tmp_path, expression, times):
    assert len(found(tmp_path, workflow(f"run: echo ${{{{ {expression} }}}}"), "FILE028")) == times


def test_an_action_is_one_finding_and_github_s_own_is_less_sure(tmp_path):
    steps = ("uses: actions/checkout@v4", "uses: acme/tool@v2", "uses: acme/tool@v2")
    findings = found(tmp_path, workflow(*steps), "IMAGE013")
    assert [(each.sure, each.message.rpartition("moved")[2]) for each in findings] == [
        (False, ""),
        (True, ", here and in 1 more"),
    ]


def test_an_image_that_is_built_here_needs_no_tag(tmp_path):
    compose = (
        "services:\n  a: {build: a, image: shop-a}\n  b: {image: shop-a}\n  c: {image: shop-c}\n  d: {image: other}\n"
    )
    files = {
        "compose.yaml": compose,
        "skaffold.yaml": "build:\n  artifacts:\n    - image: shop-c\n",
        "a/Dockerfile": f"FROM {DIGEST}\n",
    }
    assert [each.message.split()[0] for each in found(tmp_path, files, "IMAGE010")] == ["other"]


@pytest.mark.parametrize(("args", "times"), [("{VERSION: '1'}", 0), ("{OTHER: '1'}", 1)])
def test_a_base_that_compose_gives_needs_no_default(tmp_path, args, times):
    compose = f"services:\n  a: {{build: {{context: a, args: {args}}}}}\n"
    files = {"compose.yaml": compose, "a/Dockerfile": "ARG VERSION\nFROM base:$VERSION\n"}
    assert len(found(tmp_path, files, "IMAGE012")) == times


@pytest.mark.parametrize(("other", "times"), [("two", 0), ("one/inner", 1)])
def test_two_projects_may_run_two_versions(tmp_path, other, times):
    text = "services:\n  db: {{image: 'postgres:{}'}}\n"
    files = {"one/compose.yaml": text.format(15), f"{other}/compose.yaml": text.format(16)}
    assert len(found(tmp_path, files, "IMAGE016")) == times


@pytest.mark.parametrize(("install", "times"), [("yarn install --pure-lockfile", 0), ("yarn install", 1)])
def test_a_pure_lock_file_is_a_locked_install(tmp_path, install, times):
    text = f'FROM {DIGEST}\nWORKDIR /a\nRUN {install}\nUSER 1:1\nCMD ["node", "s.js"]\n'
    files = {"backend.py": backend(API), "api/s.js": SERVED, "api/Dockerfile": text}
    assert len(found(tmp_path, files, "IMAGE020")) == times


@pytest.mark.parametrize(
    ("file", "value", "told"),
    [
        ("compose.yaml", "postgres", False),
        ("compose.prod.yaml", "postgres", True),
        ("compose.yaml", "q7Hs2Bv9Ju4X", True),
    ],
)
def test_a_laptop_s_password_is_less_sure(tmp_path, file, value, told):
    text = f"services:\n  db:\n    image: {DIGEST}\n    environment: {{POSTGRES_PASSWORD: {value}}}\n"
    findings = found(tmp_path, {file: text}, "SECRET014")
    assert len(findings) == 1
    assert bool(sure(findings)) is told


@pytest.mark.parametrize(("files", "told"), [({}, False), ({"api/.env.example": "A=1\n"}, True)])
def test_a_copied_folder_without_env_files_is_less_sure(tmp_path, files, told):
    text = f'FROM {DIGEST}\nWORKDIR /a\nCOPY . .\nUSER 1:1\nCMD ["node", "s.js"]\n'
    findings = found(
        tmp_path, {"backend.py": backend(API), "api/s.js": SERVED, "api/Dockerfile": text, **files}, "SECRET020"
    )
    assert bool(sure(findings)) is told


@pytest.mark.parametrize(("value", "times"), [("thisisasamplesecret", 0), ("password", 0), ("q7Hs2Bv9Ju4XeaW1", 1)])
def test_an_example_s_sample_is_no_secret(tmp_path, value, times):
    assert len(found(tmp_path, {".env.example": f"JWT_SECRET={value}\n"}, "SETTING029")) == times


@pytest.mark.parametrize(("text", "told"), [("POSTGRES_VERSION=16\n", False), ("DB_PASSWORD=q7Hs2Bv9Ju4X\n", True)])
def test_a_tracked_env_file_without_secrets_is_less_sure(tmp_path, text, told):
    planted(tmp_path, EMPTY | {".env": text})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A", "-f")
    findings = held(tmp_path, rules(["SETTING017"]))
    assert len(findings) == 1
    assert bool(sure(findings)) is told


def test_a_tracked_env_file_with_a_declared_secret_is_sure_whatever_the_secret_is_called(tmp_path):
    service = 'Service("api", command="node s.js", folder="api", settings=[Setting("PARTNER", secret=True)])'
    planted(tmp_path, {"backend.py": backend(service), "api/s.js": SERVED, ".env": "PARTNER=q7Hs2Bv9Ju4X\n"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A", "-f")
    assert len(sure(held(tmp_path, rules(["SETTING017"])))) == 1


def test_a_program_s_own_names_are_taken_as_they_are(tmp_path):
    service = 'Service("api", command="node s.js", folder="api", settings=[Setting("CYPRESS_baseUrl", default="a")])'
    files = {"backend.py": backend(service), "api/s.js": SERVED}
    assert not found(tmp_path, files, "SETTING027")


def test_a_switch_about_passwords_is_declared_as_a_var(tmp_path):
    service = 'Service("db", image="x", settings=[Setting("MYSQL_ALLOW_EMPTY_PASSWORD", default="yes")])'
    assert "SETTING014" not in codes(planted(tmp_path, {"backend.py": backend(service)}))


@pytest.mark.parametrize(("after", "times"), [("docker compose down", 0), ("echo done", 1)])
def test_containers_to_test_with_are_no_delivery(tmp_path, after, times):
    assert len(found(tmp_path, workflow("run: docker compose up -d db", f"run: {after}"), "SERVICE027")) == times


# ---- what the command tells of it


def test_what_is_less_sure_is_told_with_strict(tmp_path):
    (tmp_path / "backend.py").write_text(backend(""))
    (tmp_path / "compose.yaml").write_text("services:\n  db: {image: 'postgres:16.3'}\n")
    calm = stead("check", "--select", "IMAGE", folder=tmp_path)
    assert calm.returncode == 0
    assert "No findings. 1 less certain: --strict shows them." in calm.stdout
    assert stead("check", "--select", "IMAGE", "--strict", folder=tmp_path).returncode == 1
    assert stead("check", "--select", "IMAGE011", folder=tmp_path).returncode == 1
    told = json.loads(stead("check", "--select", "IMAGE", "--format", "json", folder=tmp_path).stdout)
    assert [each["code"] for each in told["unsure"]] == ["IMAGE011"]


# ---- found by the corpus, and by the cases that reviewers wrote


def test_an_included_compose_file_starts_from_the_folder_that_the_include_says(tmp_path):
    files = {
        "compose.yaml": "include:\n  - path: docker/a/compose.yml\n    project_directory: .\n",
        "docker/a/compose.yml": "services:\n  a: {build: api, env_file: [gone/app.env]}\n",
        "api/Dockerfile": f"FROM {DIGEST}\n",
    }
    assert [each.message for each in found(tmp_path, files, "PATH016")] == [
        "the env file gone/app.env does not exist",
    ]


def test_an_env_file_of_an_included_compose_file_may_be_absent_where_its_example_is(tmp_path):
    files = {
        "compose.yaml": "include:\n  - path: docker/a/compose.yml\n    project_directory: .\n",
        "docker/a/compose.yml": "services:\n  a: {image: 'a:1', env_file: [apps/a/.env]}\n",
        "apps/a/.env.example": "X=1\n",
    }
    assert found(tmp_path, files, "PATH016") == []


def test_a_package_of_the_program_at_the_top_is_no_service_of_its_own(tmp_path):
    app = "from fastapi import FastAPI\n\napp = FastAPI()\n"
    files = {"backend.py": backend('Service("a", command="uvicorn a.main:app")'), "a/main.py": app}
    assert "SERVICE022" not in codes(planted(tmp_path, files))
    files = {"backend.py": backend('Service("b", command="node s.js", folder="b")'), "b/s.js": SERVED}
    assert "SERVICE022" in codes(planted(tmp_path, files))


API_SETTINGS = (
    '[Setting("OTEL_SERVICE_NAME", default="api"), Setting("MONGO_URL", default="mongodb://mongo:27017/api"), '
    'Setting("API_ONLY")]'
)
WORKER_SETTINGS = '[Setting("OTEL_SERVICE_NAME", default="worker")]'
REPOSITORY = {
    "backend.py": backend(
        f'Service("api", command="node s.js", folder="api", settings={API_SETTINGS}), '
        f'Service("worker", command="node s.js", folder="worker", settings={WORKER_SETTINGS})'
    ),
    "api/Dockerfile": (
        f'FROM {DIGEST}\nWORKDIR /a\nCOPY ["package.json", "s.js", "./"]\nRUN npm install\n'
        'ENV MYSQL_ALLOW_EMPTY_PASSWORD=yes\nUSER 1000:1000\nCMD ["node","s.js"]\n'
    ),
    "api/package.json": '{"name":"api","dependencies":{"express":"4.0.0"}}',
    "api/s.js": SERVED + "process.env.OTEL_SERVICE_NAME; process.env.MONGO_URL; process.env.API_ONLY || 'x'\n",
    "worker/package.json": '{"name":"worker","dependencies":{"express":"4.0.0"}}',
    "worker/s.js": "setInterval(() => process.env.OTEL_SERVICE_NAME, 1000)\n",
    "other/.env.example": "VITE_X=1\n",
    "lib/build.gradle": 'plugins { id "java-library" }\n',
    "lib/src/main/java/A.java": "class A {}\n",
    "package.json": '{"name":"c1","scripts":{"debug":"node -r tsconfig-paths/register api/s.js"}}',
    ".github/workflows/deploy-api.yml": HEAD.replace("name: ci", "name: deploy").replace("  a:", "  deploy:")
    + "      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0\n"
    "        with: {repository: acme/infra, path: infra}\n"
    "      - run: if [ -f .env ]; then cat .env; fi\n"
    "      - run: make deploy && curl -f https://example.org/health\n"
    "        working-directory: infra/aws\n",
}


def test_of_a_whole_repository_only_what_is_so_is_told(tmp_path):
    findings = sure(planted(tmp_path, REPOSITORY))
    told = sorted((each.code, each.place.file.removeprefix(f"{tmp_path}/")) for each in findings)
    workflow = ".github/workflows/deploy-api.yml"
    assert told == [
        *((code, workflow) for code in ("GITHUB012", "GITHUB013", "GITHUB018")),  # it is short, and all three are so
        ("IMAGE020", "api/Dockerfile"),
        ("SERVICE017", "api/package.json"),
        ("SERVICE017", "worker/package.json"),
    ]
    (install,) = [each for each in findings if each.code == "IMAGE020"]
    assert install.problem.mend == "commit a lock file, then write npm ci"


OVERRIDDEN = """services:
  forum:
    image: example/forum:5.2.0
    secrets: [forum_key]
"""


@pytest.mark.parametrize(
    ("beside", "told"), [({}, 1), ({"compose.override.yaml.example": "secrets:\n  forum_key:\n"}, 0)]
)
def test_a_secret_of_an_override_that_somebody_copies_is_less_sure(tmp_path, beside, told):
    findings = found(tmp_path, {"compose.yaml": OVERRIDDEN} | beside, "COMPOSE032")
    assert len(findings) == 1
    assert len(sure(findings)) == told


@pytest.mark.parametrize(("name", "times"), [(".env.patch", 0), (".env.example", 1)])
def test_what_becomes_an_env_file_has_lines_of_its_own(tmp_path, name, times):
    assert len(found(tmp_path, {name: "+A=1\n"}, "SETTING031")) == times


@pytest.mark.parametrize(("tag", "times"), [("1.29-alpine", 0), ("1.29-alpine-slim", 1)])
def test_the_image_of_nginx_has_curl(tmp_path, tag, times):
    service = f"image: nginx:{tag}\n    healthcheck: {{test: [CMD, curl, -f, 'http://127.0.0.1']}}\n"
    assert len(found(tmp_path, {"compose.yaml": f"services:\n  edge:\n    {service}"}, "COMPOSE022")) == times
