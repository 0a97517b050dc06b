"""Which environment variables code reads, and what default it gives: by language, and by library."""

from pathlib import Path

import pytest

from stead.check.facts import facts_of

READS = {
    "a.py": [
        ('import os\nos.environ["A"]', [("A", "")]),
        ('import os as o\no.environ.get("A")', [("A", "")]),
        ('from os import environ as env\nenv.get("A", "5")', [("A", "default:5")]),
        ('from os import getenv as told\ntold("A", default=None)', [("A", "default")]),
        ('import os\nos.getenv(key="A", default="x")', [("A", "default:x")]),
        ('import os\nNAME = "A"\nos.environ[NAME]', [("A", "")]),
        ("import os\nNAME = other()\nos.environ[NAME]", []),
        ('import os\nos.environ["A"] = "1"', []),
        ('import os\ndel os.environ["A"]', []),
        ('import os\nif "A" in os.environ: pass', [("A", "default")]),
        ('import os\nos.environ.setdefault("A", "1")', [("A", "default:1")]),
        ('settings = {}\nsettings.get("A")', []),
        ('environ = {}\nenviron["A"]', []),
        ('from environs import Env\nenv = Env()\nenv.int("A", 5)', [("A", "default:5")]),
        ('import environ\nenv = environ.Env()\nenv("A")', [("A", "")]),
        ('from decouple import config\nconfig("A", default=1)', [("A", "default:1")]),
        ('from starlette.config import Config\nconfig = Config()\nconfig("A")', [("A", "")]),
        ("from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a_b: int", [("A_B", "")]),
        ("from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: int = 5", [("A", "default:5")]),
        (
            "from pydantic_settings import BaseSettings\n"
            'class S(BaseSettings):\n    model_config = {"env_prefix": "P_"}\n    a: int\n    _own: int = 1',
            [("P_A", "")],
        ),
        (
            "from pydantic_settings import BaseSettings\n"
            'class S(BaseSettings):\n    class Config:\n        env_prefix = "P_"\n    a: int\n'
            "class T(S):\n    b: int = Field(...)",
            [("P_A", ""), ("P_B", "")],
        ),
        (
            "from pydantic_settings import BaseSettings\n"
            'class S(BaseSettings):\n    a: str = Field(validation_alias=AliasChoices("B", "C"))',
            [("B", "default"), ("C", "default")],
        ),
        ("from kit import ServiceSettings\nclass S(ServiceSettings):\n    a: int", []),
    ],
    "a.ts": [
        ("process.env.A", [("A", "")]),
        ("process.env.A ?? 'x'", [("A", "default:x")]),
        ("process.env.A || fallback()", [("A", "default")]),
        ('process.env["A"]', [("A", "")]),
        ("const { A, B = 5, C: c } = process.env", [("A", ""), ("B", "default:5"), ("C", "")]),
        ("const { A } = c.env;", [("A", "")]),
        ("Deno.env.get('A')", [("A", "")]),
        ("import.meta.env.A", [("A", "")]),
        ("process.env.A = '1'", []),
        ("if (process.env.A === '1') {}", [("A", "")]),
        ("// process.env.A\n/* process.env.B */", []),
        ("const url = 'http://a/' + process.env.A", [("A", "")]),
        ("env.fetch(request)", []),
    ],
    "a.go": [
        ('os.Getenv("A")', [("A", "")]),
        ('v, ok := os.LookupEnv("A")', [("A", "")]),
        ('A string `env:"A" envDefault:"5"`', [("A", "default:5")]),
        ('A string `env:"A,required"`', [("A", "")]),
        ('A string `envconfig:"A"`', [("A", "")]),
        ('// os.Getenv("A")', []),
    ],
    "a.java": [
        ('System.getenv("A")', [("A", "")]),
        ('System.getenv().getOrDefault("A", "x")', [("A", "default:x")]),
        ('@Value("${A:5}") int a;', [("A", "default:5")]),
        ('@Value("${a.b}") int a;', []),
    ],
    "a.kt": [('System.getenv("A") ?: "x"', [("A", "default:x")]), ('System.getenv()["A"]', [("A", "")])],
    "a.rs": [('env::var("A")', [("A", "")]), ('std::env::var("A").unwrap_or("x".into())', [("A", "default:")])],
    "a.rb": [("ENV['A']", [("A", "")]), ('ENV.fetch("A", "x")', [("A", "default:")]), ('# ENV["A"]', [])],
    "a.php": [("getenv('A')", [("A", "")]), ("$_ENV['A']", [("A", "")])],
    "a.cs": [('Environment.GetEnvironmentVariable("A")', [("A", "")])],
    "application.yml": [("a: ${A}\nb: ${B:5}\n# ${C}\n", [("A", ""), ("B", "default:5")])],
    "application.properties": [("a=${A:}\n", [("A", "default:")])],
}
EVERY = [pytest.param(name, text, reads, id=f"{name}-{text[-40:]}") for name in READS for text, reads in READS[name]]


@pytest.mark.parametrize(("name", "text", "reads"), EVERY)
def test_what_is_read(name, text, reads):
    assert [(at.text, at.more) for at in facts_of(Path(name), text).reads] == reads


def test_a_read_has_its_place():
    reads = facts_of(Path("a.ts"), "const a = 1;\n/* two\nlines */ const b = process.env.B;\n").reads
    assert [(at.line, at.column) for at in reads] == [(3, 28)]


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        ("A=1\nexport B = x\n", [("A", "env"), ("B", "env")]),
        ("A=\nB=''\nC=  # later\n", [("A", "env:empty"), ("B", "env:empty"), ("C", "env:empty")]),
        ("# A=1\nnot a line\n", []),
        ('A="one\nB=two\n"\nC=3\n', [("A", "env"), ("C", "env")]),
    ],
)
def test_what_an_env_file_sets(text, sets):
    assert [(at.text, at.more) for at in facts_of(Path(".env"), text).sets] == sets


def test_what_a_worker_is_given():
    text = (
        'name = "a"\n[vars]\nONE = "1"\n[env.staging.vars]\nONE = "2"\n'
        '[[kv_namespaces]]\nbinding = "KEPT"\n[[env.staging.d1_databases]]\nbinding = "ROWS"\n'
    )
    sets = facts_of(Path("wrangler.toml"), text).sets
    assert [(at.text, at.line, at.more) for at in sorted(sets, key=lambda at: at.line)] == [
        ("ONE", 3, "vars"),
        ("ONE", 5, "vars:staging"),
        ("KEPT", 7, "binding"),
        ("ROWS", 9, "binding"),
    ]


def test_a_wrangler_jsonc_gives_vars_and_bindings_as_a_wrangler_toml_does():
    text = '{ // a Worker\n"vars": {"ONE": "1"},\n"d1_databases": [{"binding": "ROWS"}],\n}'
    sets = facts_of(Path("wrangler.jsonc"), text).sets
    assert [(at.text, at.line, at.more) for at in sets] == [("ONE", 2, "vars"), ("ROWS", 3, "binding")]
