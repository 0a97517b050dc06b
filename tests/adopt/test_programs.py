"""Programs as people have them, which no Compose file and no manifest runs: how each is started, and who reaches it."""

import pytest

from adopt.adopting import adopted, service, setting
from stead.model import Job

FLASK = "import os\nfrom flask import Flask\n\napp = Flask(__name__)\nos.environ['SECRET_KEY']\n"
FACTORY = "from shop import create_app\n\napp = create_app()\n"
FASTAPI = "from fastapi import FastAPI\n\napp: FastAPI = FastAPI()\n"
MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n'
SETTINGS = 'import os\nDATABASES = {"default": parsed(os.environ["DATABASE_URL"])}\n'
HOST = "${HOST:-127.0.0.1}"


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"requirements.txt": "Flask\ngunicorn==23\n", "app.py": FLASK}, f"gunicorn --bind {HOST}:$PORT app:app"),
        ({"requirements.txt": "flask\n", "app.py": FLASK}, f"flask run --host {HOST} --port $PORT --app app:app"),
        ({"requirements.txt": "gunicorn\n", "wsgi.py": FACTORY}, f"gunicorn --bind {HOST}:$PORT wsgi:app"),
        ({"requirements.txt": "uvicorn\n", "wsgi.py": FACTORY}, f"uvicorn --host {HOST} --port $PORT wsgi:app"),
        ({"Pipfile": 'fastapi = "*"\n', "app/main.py": FASTAPI}, f"uvicorn --host {HOST} --port $PORT app.main:app"),
        ({"requirements.txt": "gunicorn\n", "shop/__init__.py": FLASK}, f"gunicorn --bind {HOST}:$PORT shop:app"),
        (
            {"manage.py": MANAGE, "requirements.txt": "Django\ngunicorn\n", "site1/wsgi.py": "application = 1\n"},
            f"gunicorn --bind {HOST}:$PORT site1.wsgi",
        ),
        (
            {"manage.py": MANAGE, "requirements.txt": "Django\n", "site1/wsgi.py": "application = 1\n"},
            f"python manage.py runserver --noreload {HOST}:$PORT",
        ),
    ],
    ids=["flask", "flask alone", "factory", "asgi factory", "fastapi", "package", "django", "django alone"],
)
def test_an_app_in_python_is_started_by_the_server_that_its_requirements_name(tmp_path, files, line):
    _, backend = adopted(tmp_path, files)
    (only,) = backend.services
    assert (only.command, only.port) == (("sh", "-c", f"exec {line}"), "PORT")
    assert backend.gateway.fronts == (only,), "who starts it reaches it today"


@pytest.mark.parametrize("main", ["server.js", "src/main.js"])
def test_a_package_without_scripts_is_started_by_the_file_that_listens(tmp_path, main):
    package = '{"main": "./src/main.js"}' if "/" in main else '{"main": "lib.js"}'
    files = {
        "package.json": package,
        "lib.js": "exports.x = 1;\n",
        main: "http.createServer(f).listen(process.env.PORT)",
    }
    _, backend = adopted(tmp_path, files)
    (only,) = backend.services
    assert (only.command, only.port) == (("node", main), "PORT")


def test_a_library_and_a_folder_that_something_else_starts_are_no_further_programs(tmp_path):
    files = {
        "api/requirements.txt": "flask\n",
        "api/app.py": FLASK,
        "api/Dockerfile": 'FROM python:3.12\nCOPY . .\nCMD ["flask", "run"]\n',
        "lib/requirements.txt": "flask\n",
        "lib/views.py": "def view(): ...\n",
    }
    _, backend = adopted(tmp_path, files)
    assert [(each.name, tuple(each.command)) for each in backend.services] == [("api", ("flask", "run"))]


def test_migrations_of_django_run_before_it_on_the_same_database(tmp_path):
    files = {
        "manage.py": MANAGE,
        "requirements.txt": "Django\n",
        "site1/settings.py": SETTINGS,
        "polls/migrations/0001_initial.py": "class Migration: ...\n",
    }
    _, backend = adopted(tmp_path, files)
    (program,), (job,) = backend.services, backend.jobs
    assert (job.command, job.runs) == (("python", "manage.py", "migrate", "--no-input"), "before")
    assert program.needs == job.needs != ()
    assert program.needs[0] is job.needs[0]


def test_a_procfile_names_what_runs_and_only_its_web_is_reached_from_outside(tmp_path):
    files = {
        "shop/Procfile": "web: gunicorn app:app --bind 0.0.0.0:$PORT\n# a comment\nmail: python mail.py\nrelease: ./up",
        "shop/package.json": '{"scripts": {"start": "node assets.js"}}',
        "shop/app.py": FLASK,
    }
    _, backend = adopted(tmp_path, files)
    shop, mail = service(backend, "shop"), service(backend, "shop-mail")
    assert shop.command == ("sh", "-c", f"exec gunicorn app:app --bind {HOST}:$PORT"), "not on the whole network"
    assert (mail.command, mail.port) == (("python", "mail.py"), None)
    release = service(backend, "shop-release")
    assert (type(release), release.command, release.runs) == (Job, ("./up",), "before")
    assert backend.gateway.fronts == (shop,)


ADDRESS = 'addr := os.Getenv("LISTEN_ADDR")\n\tif addr == "" {\n\t\taddr = ":8090"\n\t}\n'
HELPER = 'addr := getEnv("LISTEN_ADDR", ":8090")\n'


@pytest.mark.parametrize("code", [ADDRESS, HELPER], ids=["an if", "a helper"])
def test_a_go_program_listens_at_the_address_that_it_takes_by_default(tmp_path, code):
    main = f'package main\n\nfunc main() {{\n\t{code}\tmux.HandleFunc("GET /healthz", up)\n\tserve(addr)\n}}\n'
    _, backend = adopted(tmp_path, {"go.mod": "module example.com/weather\n", "cmd/weatherd/main.go": main})
    weatherd = service(backend, "weatherd")
    assert (weatherd.port, weatherd.health.path) == (8090, "/healthz")
    assert setting(weatherd, "LISTEN_ADDR").default == ":8090"


POM = """<project><parent><artifactId>parent</artifactId><version>9</version></parent>
<artifactId>ledger</artifactId><version>1.0</version>
<dependencies><dependency><artifactId>gson</artifactId><version>2</version></dependency></dependencies>
<build>{final}<plugins><plugin><mainClass>Main</mainClass></plugin></plugins></build></project>"""


@pytest.mark.parametrize(("final", "jar"), [("", "ledger-1.0"), ("<finalName>books</finalName>", "books")])
def test_a_pom_with_a_main_class_makes_the_jar_that_is_started(tmp_path, final, jar):
    main = 'class Main { int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "80")); }\n'
    _, backend = adopted(tmp_path, {"pom.xml": POM.format(final=final), "src/main/java/Main.java": main})
    (only,) = backend.services
    assert only.command == ("sh", "-c", f"mvn -q -DskipTests package && exec java -jar target/{jar}.jar")
    assert only.port == "PORT"
