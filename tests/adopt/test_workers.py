"""A monorepo of Workers, adopted: `wrangler.jsonc`, service bindings, `.dev.vars`, and what is wrong in them."""

import pytest

from adopt.adopting import adopted, called, service, setting
from stead.adopt.adopt import adopt
from stead.model.wiring import binding_name

GATE = """
name = "gate"
main = "src/index.ts"
services = [{ binding = "MAIL", service = "mail" }]
[vars]
REGION = "eu"
"""
MAIL = """{
  // the name is also the host's
  "name": "mail", "main": "src/index.ts", "compatibility_date": "2026-01-01",
  "vars": { "SENDER": "noreply@example.org" },
  "queues": { "consumers": [{ "queue": "letters" }] },
  "d1_databases": [{ "binding": "DB", "database_name": "mail", "database_id": "x" }],
}"""
INDEX = "export default { async fetch(r: Request, env: any) { return new Response(env.SENDER + env.DB + env.MAIL) } }\n"
PACKAGE = '{"scripts": {"deploy": "wrangler deploy"}, "devDependencies": {"wrangler": "4.0.0", "vite": "7.0.0"}}'
FILES = {
    "pnpm-workspace.yaml": 'packages: ["apps/*"]\n',
    "apps/gate/wrangler.toml": GATE,
    "apps/gate/src/index.ts": INDEX,
    "apps/gate/package.json": PACKAGE,
    "apps/mail/wrangler.jsonc": MAIL,
    "apps/mail/src/index.ts": INDEX,
    "apps/mail/package.json": PACKAGE,
}
BOUND = '[[env.{here}.services]]\nbinding = "MAIL"\nservice = "{service}"\n'


def test_each_worker_is_a_service_in_its_folder(tmp_path):
    _, backend = adopted(tmp_path, FILES)
    assert {each.name: each.folder for each in backend.services} == {"gate": "apps/gate", "mail": "apps/mail"}
    assert service(backend, "gate").worker == "apps/gate"


def test_a_worker_with_kv_d1_r2_or_queues_is_described_by_its_source(tmp_path):
    _, backend = adopted(tmp_path, FILES)
    assert service(backend, "mail").worker == "apps/mail"


def test_a_worker_with_bindings_that_only_wrangler_has_is_started_by_wrangler(tmp_path):
    mail = MAIL.replace(
        '"d1_databases"',
        '"durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "R" }] },\n  "d1_databases"',
    )
    _, backend = adopted(tmp_path, FILES | {"apps/mail/wrangler.jsonc": mail})
    assert service(backend, "mail").command == ("sh", "-c", 'exec pnpm exec wrangler dev --port "$PORT"')
    assert not service(backend, "mail").worker


def test_a_service_binding_keeps_the_name_by_which_the_code_asks(tmp_path):
    _, backend = adopted(tmp_path, FILES)
    assert binding_name(service(backend, "gate"), service(backend, "mail")) == "MAIL"


def test_an_entry_of_another_name_is_named(tmp_path):
    files = {"apps/gate/wrangler.toml": GATE.replace("src/index.ts", "worker.js"), "apps/gate/worker.js": INDEX}
    _, backend = adopted(tmp_path, FILES | files)
    assert service(backend, "gate").worker == "apps/gate/worker.js"


def test_a_service_binding_is_a_call_and_no_setting(tmp_path):
    text, backend = adopted(tmp_path, FILES)
    assert called(service(backend, "gate")) == ["mail"]
    assert "MAIL" not in {each.name for each in service(backend, "gate").declared}
    assert "it waits for mail" not in text


def test_a_wrangler_jsonc_is_read_as_a_wrangler_toml_is(tmp_path):
    text, backend = adopted(tmp_path, FILES)
    assert setting(service(backend, "mail"), "SENDER").default == "noreply@example.org"
    assert "DB" not in {each.name for each in service(backend, "mail").declared}
    assert "what stands for" not in text


def test_a_bundler_among_the_dev_dependencies_makes_no_frontend(tmp_path):
    package = PACKAGE.replace('"deploy": "wrangler deploy"', '"dev": "wrangler dev"')
    text, backend = adopted(tmp_path, FILES | {"apps/mail/package.json": package})
    assert "frontend" not in text
    assert service(backend, "mail").worker == "apps/mail"


def test_dev_vars_give_names_of_secrets_and_no_value(tmp_path):
    files = {
        "apps/mail/.dev.vars": "SMTP_LOGIN=x7Qm3dV8xT1n\n",
        "apps/mail/.dev.vars.staging": "export RELAY='Qp9Lm'\n",
    }
    text, backend = adopted(tmp_path, FILES | files)
    assert setting(service(backend, "mail"), "SMTP_LOGIN").secret
    assert setting(service(backend, "mail"), "RELAY").secret
    assert not [value for value in ("x7Qm3dV8xT1n", "Qp9Lm") if value in text]


def test_required_secrets_are_settings(tmp_path):
    required = GATE + '[secrets]\nrequired = ["SIGNING"]\n'
    _, backend = adopted(tmp_path, FILES | {"apps/gate/wrangler.toml": required})
    assert setting(service(backend, "gate"), "SIGNING").secret
    assert setting(service(backend, "gate"), "SIGNING").required


@pytest.mark.parametrize(
    ("more", "remark"),
    [
        (
            BOUND.format(here="staging", service="mail-production"),
            "whether staging is meant to call mail-production, a Worker of another environment",
        ),
        (
            BOUND.format(here="staging", service="post-staging"),
            "where the service binding MAIL leads: no Worker here is named post-staging",
        ),
    ],
)
def test_a_binding_that_leads_elsewhere_is_told(tmp_path, more, remark):
    text, backend = adopted(tmp_path, FILES | {"apps/gate/wrangler.toml": GATE + more})
    assert remark in " ".join(text.replace("#", " ").split())
    assert called(service(backend, "gate")) == ["mail"]


def test_the_same_environment_s_worker_is_no_remark(tmp_path):
    more = BOUND.format(here="staging", service="mail-staging")
    text, _ = adopted(tmp_path, FILES | {"apps/gate/wrangler.toml": GATE + more})
    assert "another environment" not in text


def test_a_folder_without_its_entry_is_told(tmp_path):
    files = {name: text for name, text in FILES.items() if name != "apps/gate/src/index.ts"}
    text, backend = adopted(tmp_path, files)
    told = " ".join(text.replace("#", " ").split())
    assert service(backend, "gate").worker == "apps/gate"
    assert "apps/gate/wrangler.toml names the entry src/index.ts, and there is no such file" in told


@pytest.mark.parametrize("gate", [GATE.replace("src/index.ts", "dist/index.js"), f'{GATE}[build]\ncommand = "make"\n'])
def test_an_entry_that_a_build_makes_is_wrangler_s(tmp_path, gate):
    files = {name: text for name, text in FILES.items() if name != "apps/gate/src/index.ts"}
    _, backend = adopted(tmp_path, files | {"apps/gate/wrangler.toml": gate})
    assert service(backend, "gate").command
    assert not service(backend, "gate").worker


def test_two_configurations_in_a_folder_and_a_broken_one_are_told(tmp_path):
    files = {"apps/mail/wrangler.toml": 'name = "other"\n', "apps/bad/wrangler.jsonc": "{"}
    _, backend = adopted(tmp_path, FILES | files)
    assert sorted(each.name for each in backend.services) == ["gate", "mail"]
    notes = " ".join(adopt(tmp_path).notes)
    assert "apps/mail/wrangler.toml: wrangler reads wrangler.jsonc in its place" in notes
    assert "apps/bad/wrangler.jsonc was not read" in notes
