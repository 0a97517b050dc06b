"""Repositories that were not made for Stead: what is right in them is not told, and a fix works where it is told."""

import pytest

from check.rule_run import held
from stead.check.facts.shell import arguments, commands
from stead.check.facts.value import is_secret_name
from stead.check.registry import rules

FAST = rules(costs=("fast",))
DIGEST = "node:20.1.0@sha256:" + "a" * 64
CHECKOUT = "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8"


def planted(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return held(root, FAST)


def backend(services):
    return f'from stead import Backend, Service, Setting\nbackend = Backend("shop", services=[{services}])\n'


API = 'Service("api", command="node s.js", folder="api")'
SERVED = 'answer("/health")\n'


def codes(findings):
    return {finding.code for finding in findings}


def test_a_copy_in_json_names_its_files_behind_its_flags(tmp_path):
    text = f'FROM {DIGEST}\nCOPY --chown=1:1 ["a.json", ".npmrc", "gone.json", "./"]\nUSER 1:1\nCMD ["node"]\n'
    files = {"api/Dockerfile": text, "api/a.json": "{}", "api/.npmrc": "", "api/s.js": SERVED}
    found = [each for each in planted(tmp_path, {"backend.py": backend(API), **files}) if each.code == "PATH021"]
    assert [each.message for each in found] == ["the copied path gone.json does not exist"]


def test_a_script_may_be_run_from_the_folder_of_its_package(tmp_path):
    script = "#!/bin/sh\ncp ./there.json ./dist/p.json\ncp ./gone.json ./dist/q.json\n"
    package = '{"name": "web", "scripts": {"b": "./scripts/c.sh"}}'
    files = {"web/scripts/c.sh": script, "web/there.json": "{}", "web/package.json": package}
    found = [each for each in planted(tmp_path, {"backend.py": backend(""), **files}) if each.code == "PATH014"]
    assert [each.place.line for each in found] == [3]


@pytest.mark.parametrize(
    "line",
    [
        "while read -r name; do echo $name; done < <(git ls-files)",
        "docker compose logs -f services/api",
        "docker inspect -f json/x api",
        "node -r tsconfig-paths/register start",
        "cat api/s.js 2>&1",
        "cp api/s.js made/x 2>/dev/null",
    ],
)
def test_a_word_that_is_no_file_is_not_missed(tmp_path, line):
    files = {"run.sh": f"#!/bin/sh\n{line}\n", "api/s.js": SERVED}
    assert "PATH014" not in codes(planted(tmp_path, {"backend.py": backend(API), **files}))


def test_a_file_that_compose_is_given_is_still_missed(tmp_path):
    files = {"run.sh": "#!/bin/sh\ndocker compose -f deploy/gone.yml up\n", "api/s.js": SERVED}
    assert "PATH014" in codes(planted(tmp_path, {"backend.py": backend(API), **files}))


def test_redirections_are_no_arguments():
    (words,) = commands("cp a b 2>/dev/null")
    assert arguments(words) == ["cp", "a", "b"]
    assert [arguments(words) for words in commands("run x 2>&1")] == [["run", "x"]]


def test_a_folder_of_another_checkout_is_not_looked_for_here(tmp_path):
    steps = f"      - uses: {CHECKOUT}\n        with: {{repository: acme/infra, path: infra}}\n"
    runs = "      - run: make all\n        working-directory: {}\n"
    text = f"name: ci\non: push\npermissions: {{}}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n{steps}"
    text += runs.format("infra/aws") + runs.format("gone")
    files = {"backend.py": backend(""), ".github/workflows/ci.yml": text}
    found = [each for each in planted(tmp_path, files) if each.code == "PATH015"]
    assert [each.message for each in found] == ["the path gone does not exist"]


@pytest.mark.parametrize(("tested", "told"), [(".env", False), ("apps/api", True), ("$folder", True)])
def test_only_a_test_for_a_service_can_skip_one(tmp_path, tested, told):
    script = f'#!/bin/sh\nif [ -d "{tested}" ]; then kubectl apply -f k8s; fi\n'
    files = {"backend.py": backend(API), "deploy.sh": script, "api/s.js": SERVED}
    assert ("SERVICE025" in codes(planted(tmp_path, files))) is told


def test_a_job_that_deploys_nothing_may_go_on(tmp_path):
    head = "name: ci\non: push\npermissions: {}\njobs:\n"
    lint = "  lint:\n    runs-on: ubuntu-24.04\n    continue-on-error: true\n    steps:\n      - run: npm test\n"
    deploy = "  deploy:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make deploy && stead smoke\n"
    files = {"backend.py": backend(API), "api/s.js": SERVED, ".github/workflows/ci.yml": head + lint + deploy}
    assert "SERVICE025" not in codes(planted(tmp_path, files))


def test_an_example_of_another_program_is_left_alone(tmp_path):
    service = 'Service("api", command="node s.js", folder="api", settings=[Setting("REGION"), Setting("SHOP")])'
    reads = "process.env.REGION; process.env.SHOP;" + SERVED
    files = {"backend.py": backend(service), "api/s.js": reads, "other/.env.example": "VITE_X=1\n"}
    assert codes(planted(tmp_path, files)).isdisjoint({"SETTING015", "SETTING016"})


def test_what_an_example_lacks_is_one_finding(tmp_path):
    service = 'Service("api", command="node s.js", folder="api", settings=[Setting("REGION"), Setting("SHOP")])'
    reads = "process.env.REGION; process.env.SHOP;" + SERVED
    files = {"backend.py": backend(service), "api/s.js": reads, ".env.example": "PORT=1\n"}
    (found,) = [each for each in planted(tmp_path, files) if each.code == "SETTING015"]
    assert "REGION, SHOP" in found.message
    assert found.steps[0].new == "\nREGION=\nSHOP="


def test_a_setting_that_is_read_with_a_default_need_not_be_given(tmp_path):
    service = 'Service("api", command="node s.js", folder="api", settings=[Setting("REGION")])'
    files = {
        "backend.py": backend(service),
        "api/s.js": 'process.env.REGION || "eu";' + SERVED,
        ".env.example": "A=1\n",
    }
    assert "SETTING015" not in codes(planted(tmp_path, files))


@pytest.mark.parametrize(
    ("name", "default", "told"),
    [
        ("MONGO_URL", "mongodb://mongo:27017/api", False),
        ("MONGO_URL", "mongodb://me:hunter22@mongo/api", True),
        ("AUTH_DSN", "https://abc@sentry.test/1", True),
    ],
)
def test_an_address_without_a_password_is_no_secret(tmp_path, name, default, told):
    service = f'Service("api", command="node s.js", folder="api", settings=[Setting("{name}", default="{default}")])'
    files = {"backend.py": backend(service), "api/s.js": f"process.env.{name};" + SERVED}
    assert ("SETTING014" in codes(planted(tmp_path, files))) is told


def test_what_a_program_says_of_itself_differs(tmp_path):
    service = (
        'Service("{0}", command="node s.js", folder="{0}", settings=[Setting("OTEL_SERVICE_NAME", default="{0}")])'
    )
    files = {f"{name}/s.js": "process.env.OTEL_SERVICE_NAME;" + SERVED for name in ("api", "jobs")}
    text = backend(", ".join(service.format(name) for name in ("api", "jobs")))
    assert "SETTING026" not in codes(planted(tmp_path, {"backend.py": text, **files}))


def test_a_switch_about_passwords_is_none():
    assert not is_secret_name("MYSQL_ALLOW_EMPTY_PASSWORD")
    assert not is_secret_name("MARIADB_RANDOM_ROOT_PASSWORD")
    assert is_secret_name("MYSQL_ROOT_PASSWORD")


def test_a_comment_of_an_ini_file_gives_no_secret_away(tmp_path):
    line = "secret_key = SW2YcwTIb9zpOOhoPsMm\n"
    planted_in = {"backend.py": backend(""), "a/grafana.ini": f";{line}", "b/grafana.ini": line}
    found = [each for each in planted(tmp_path, planted_in) if each.code.startswith("SECRET")]
    assert [each.place.file.removeprefix(f"{tmp_path}/") for each in found] == ["b/grafana.ini"]


@pytest.mark.parametrize(
    ("files", "mend"),
    [
        ({}, "npm install --package-lock-only, in api"),
        ({"pnpm-workspace.yaml": "packages: []\n"}, "pnpm install --lockfile-only, in api"),
        ({"package.json": '{"packageManager": "yarn@4.5.0"}'}, "yarn install, in api"),
    ],
)
def test_a_missing_lock_file_is_made_by_the_package_manager_at_hand(tmp_path, files, mend):
    package = '{"name": "api", "dependencies": {"express": "4.0.0"}}'
    own = {"backend.py": backend(API), "api/package.json": package, "api/s.js": SERVED}
    assert [each.problem.mend for each in planted(tmp_path, own | files) if each.code == "SERVICE017"] == [mend]


def test_npm_ci_is_advised_with_a_lock_file_only(tmp_path):
    text = f'FROM {DIGEST}\nRUN npm install\nUSER 1:1\nCMD ["node", "s.js"]\n'
    files = {"backend.py": backend(API), "api/Dockerfile": text, "api/s.js": SERVED}
    (before,) = [each for each in planted(tmp_path, files) if each.code == "IMAGE020"]
    (after,) = [each for each in planted(tmp_path, {"api/package-lock.json": "{}"}) if each.code == "IMAGE020"]
    assert before.problem.mend == "commit a lock file, then write npm ci"
    assert after.problem.mend == "write npm ci"


def test_a_library_and_a_database_are_no_services(tmp_path):
    files = {
        "orders-api/build.gradle": 'plugins { id "java" }\n',
        "orders-api/src/main/java/A.java": "class A {}\n",
        "store/Dockerfile": "FROM mongo:7\nCOPY init.js /docker-entrypoint-initdb.d/\n",
        "store/init.js": "1\n",
        "mail/build.gradle": "plugins { id 'org.springframework.boot' version '3.4.0' }\n",
        "mail/src/main/java/A.java": "class A {}\n",
    }
    found = [each for each in planted(tmp_path, {"backend.py": backend(""), **files}) if each.code == "SERVICE022"]
    assert [each.message.split(" ")[0] for each in found] == ["mail"]


def test_grpc_and_a_shared_library_may_answer_for_health(tmp_path):
    one, two = 'Service("a", command="node s.js", folder="a")', 'Service("b", command="node s.js", folder="b")'
    grpc = {"backend.py": backend(one), "a/s.js": 'require("@grpc/grpc-js")\n'}
    assert "HEALTH012" not in codes(planted(tmp_path / "grpc", grpc))
    shared = {"backend.py": backend(two), "b/s.js": 'require("../base/server")\n', "base/server.js": SERVED}
    assert "HEALTH012" not in codes(planted(tmp_path / "shared", shared))


def test_comments_are_taken_where_the_reader_takes_them(tmp_path):
    text = '\ufeff// a comment\n{"a": 1}\n'
    files = {"backend.py": backend(""), "x/appsettings.Development.json": text, "x/data.json": text}
    found = [each for each in planted(tmp_path, files) if each.code == "FILE013"]
    assert [each.place.file.rpartition("/")[2] for each in found] == ["data.json"]


def test_copy_list(tmp_path):
    files = {
        "backend.py": backend('Service("svc", command="node s.js", folder="svc")'),
        "svc/Dockerfile": (
            f'FROM {DIGEST}\nWORKDIR /a\nCOPY --chown=1:1 ["a.json", ".npmrc", "./"]\nUSER 1:1\nCMD ["node","s.js"]\n'
        ),
        "svc/a.json": "",
        "svc/.npmrc": "",
        "svc/s.js": "1\n",
        "web/p.cjs.json": "{}",
        "web/package.json": '{"name":"web","scripts":{"b":"./scripts/c.sh"}}',
        "web/scripts/c.sh": "#!/bin/sh\ncp ./p.cjs.json ./dist/p.json\n",
    }
    planted(tmp_path, files)
    (tmp_path / "web/scripts/c.sh").chmod(0o755)
    assert [each.code for each in held(tmp_path, FAST) if each.sure] == []
