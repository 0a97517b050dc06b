"""Workers in TypeScript run beside everything else: one workerd, through the proxy and the gateway like any program."""

import json
import textwrap
import time
import urllib.error
import urllib.request

import pytest

from npm import node_modules
from stead.model import Service
from stead.run.error import RunError
from stead.run.workerd import fetchable
from stead.run.workerd_bundle import WorkerSource, bundle, program
from stead.run.workerd_config import WorkerConfig, written

HEALTH = """
const health = (name: string, env: any) =>
  Response.json({ service: name, env: env.ENVIRONMENT, status: "ok", version: env.VERSION });
"""
LEDGER = """
import postgres from "postgres";
export default { async fetch(request: Request, env: any): Promise<Response> {
  const path = new URL(request.url).pathname;
  if (path === "/health" || path === "/version") return health("ledger", env);
  const sql = postgres(env.HYPERDRIVE.connectionString, { max: 1 });
  const [{ answer }] = await sql`SELECT current_database() = ${env.HYPERDRIVE.database} AS answer`;
  await sql.end();
  const calls = Number(await env.CACHE.get("calls")) + 1;
  await env.CACHE.put("calls", String(calls));
  const database = env.DATABASE_URL.split(":")[0];
  return Response.json({ caller: request.headers.get("x-service-caller"), database, hyperdrive: answer, calls });
} };
"""
GREET = """
import { hello } from "./hello";
export default { async fetch(request: Request, env: any): Promise<Response> {
  const path = new URL(request.url).pathname;
  if (path === "/health" || path === "/version") return health("greet", env);
  console.log("the key is " + env.GREET_KEY);
  const counted = await env.LEDGER_SERVICE.fetch("http://ledger/v1/count", { method: "POST" });
  return Response.json({ hello: hello(env.GREETING), ledger: await counted.json(), settings: Object.keys(env) });
} };
"""
BOUND = """
name = "ledger"
[[kv_namespaces]]
binding = "CACHE"
id = "calls"
[[hyperdrive]]
binding = "HYPERDRIVE"
id = "database"
"""
LOST = """{
  "name": "lost",  // it asks whom nobody describes, and whom it may not call
  "services": [
    { "binding": "GHOST", "service": "ghost" },
    { "binding": "LEDGER_SERVICE", "service": "ledger" },
  ],
}
"""
SERVICES = """
ledger = Service("ledger", worker="apps/ledger", needs=[Postgres()],
                 routes=[Route.service("POST", "/v1/count", "count")])
greet = Service("greet", worker="apps/greet/src/index.ts", calls=[ledger.may("count")],
                settings=[Setting("GREETING", default='it\\'s "me"'),
                          Setting("GREET_KEY", secret=True, dev=Dev.RANDOM)],
                routes=[Route.public("GET", "/v1/greet")])
broken = Service("broken", worker="apps/broken")
lost = Service("lost", worker="apps/lost")
"""


def write(tiny, path, text):
    file = tiny.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(textwrap.dedent(text))


def describe(tiny, services):
    (tiny.folder / "node_modules").symlink_to(node_modules())
    write(tiny, "apps/ledger/src/index.ts", HEALTH + LEDGER)
    write(tiny, "apps/ledger/wrangler.toml", BOUND)
    write(tiny, "apps/greet/src/index.ts", HEALTH + GREET)
    write(tiny, "apps/greet/src/hello.ts", "export const hello = (name: string): string => `hello, ${name}`;")
    before = textwrap.indent(SERVICES, " " * 12)
    write(tiny, "apps/lost/src/index.ts", HEALTH + LEDGER)
    write(tiny, "apps/lost/wrangler.jsonc", LOST)
    tiny.describe(services, 'gateway=Gateway("edge", fronts=[greet])', before)
    return tiny


@pytest.fixture(scope="module")
def up(shared):
    describe(shared, "ledger, greet, broken, lost")
    write(shared, "apps/broken/src/index.ts", "export default { fetch( }")
    shared.start()
    shared.until(lambda state: state["settled"], 90.0)  # a database is made meanwhile
    return shared


def get(url, method="GET"):
    request = urllib.request.Request(url, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_each_worker_is_accounted_for_and_one_process_runs_them(up):
    states = {each["name"]: each["state"] for each in up.state()["processes"]}
    assert (states["ledger"], states["greet"], states["workerd"]) == ("healthy", "healthy", "healthy")
    assert states["broken"] == "failed"


def test_a_worker_that_cannot_be_bundled_says_where_and_the_others_run(up):
    why = up.process("broken")["why"]
    assert "cannot be bundled" in why
    assert "index.ts:1" in why


def test_a_worker_that_binds_whom_it_does_not_call_is_named_with_the_line_and_the_others_run(up):
    lost, file = up.process("lost"), up.folder / "apps" / "lost" / "wrangler.jsonc"
    assert lost["state"] == "failed"
    assert f"{file}:4:39: lost binds GHOST to the Worker ghost, which no description declares" in lost["why"]
    assert f"{file}:5:48: lost binds LEDGER_SERVICE to ledger, but declares no call to ledger" in lost["why"]


def test_a_worker_calls_by_its_service_binding_and_the_proxy_names_the_caller(up):
    status, body = get(up.state()["url"] + "/v1/greet")
    assert (status, body["hello"]) == (200, 'hello, it\'s "me"')
    assert (body["ledger"]["caller"], body["ledger"]["database"]) == ("greet", "postgresql")
    assert {"GREETING", "GREET_KEY", "ENVIRONMENT", "VERSION", "LEDGER_SERVICE", "LEDGER_SERVICE_URL"} <= set(
        body["settings"]
    )
    assert not {"PORT", "PATH", "HOME", "DATABASE_URL"} & set(body["settings"])


def test_a_worker_reaches_its_database_by_hyperdrive_and_keeps_what_it_puts_into_kv(up):
    first, second = (get(up.state()["url"] + "/v1/greet")[1]["ledger"] for _ in range(2))
    assert first["hyperdrive"]
    assert second["calls"] == first["calls"] + 1


def test_what_is_not_declared_is_refused(up):
    url = up.process("ledger")["url"]
    assert get(url + "/v1/count", "POST")[0] == 401
    assert get(url + "/v1/other")[0] == 404
    assert get(up.state()["url"] + "/v1/count", "POST")[0] == 404


def test_a_worker_answers_health_with_the_four_keys(up):
    said = {"service": "greet", "env": "dev", "status": "ok", "version": "dev"}
    assert get(up.process("greet")["url"] + "/health") == (200, said)


def test_no_value_is_in_the_configuration_and_no_secret_in_the_log(up):
    get(up.state()["url"] + "/v1/greet")
    secrets = json.loads((up.folder / ".stead" / "secrets.json").read_text())
    config = (up.folder / ".stead" / "workers" / "workerd.capnp").read_text()
    log = up.folder / ".stead" / "logs" / "workerd.log"
    deadline = time.monotonic() + 5
    while "the key is" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "the key is [secret]" in log.read_text()
    assert not [text for text in secrets.values() if text in config or text in log.read_text()]


def test_a_worker_that_is_mended_runs_after_a_restart(up):
    write(up, "apps/broken/src/index.ts", HEALTH + LEDGER.replace('"ledger"', '"broken"'))
    assert up.stead("restart", "broken", str(up.folder)).returncode == 0
    deadline = time.monotonic() + 15
    while up.process("broken")["state"] != "healthy" and time.monotonic() < deadline:
        time.sleep(0.1)
    assert up.process("broken")["state"] == "healthy"
    assert up.process("greet")["state"] == "healthy"


def source(tmp_path):
    return WorkerSource.of(Service("orders", worker="apps/orders"), tmp_path)


def test_a_folder_that_is_missing_or_has_no_entry_is_named_with_the_line(tmp_path):
    with pytest.raises(RunError, match=r"apps/orders does not exist \(test_workerd.py:\d+\)"):
        source(tmp_path).check()
    (tmp_path / "apps" / "orders").mkdir(parents=True)
    with pytest.raises(RunError, match=r"has no src/index.ts \(test_workerd.py:\d+\): write the entry"):
        source(tmp_path).check()


def test_a_program_that_is_missing_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RunError, match=r"workerd is not installed.*npm install --save-dev workerd esbuild"):
        program("workerd", tmp_path)


def test_npms_script_for_node_is_not_taken_for_the_program(tmp_path, monkeypatch):
    script = tmp_path / "workerd"
    script.write_text("#!/usr/bin/env node\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RunError, match="not installed"):
        program("workerd", tmp_path)


def test_the_programs_are_found_as_pnpm_lays_them_out(tmp_path):
    for name, scope, package in (("workerd", "@cloudflare", "workerd-linux-64"), ("esbuild", "@esbuild", "linux-x64")):
        there = tmp_path / "node_modules" / ".pnpm" / f"{scope}+{package}@1.0.0" / "node_modules" / scope / package
        (there / "bin").mkdir(parents=True)
        (there / "bin" / name).symlink_to(node_modules() / scope / package / "bin" / name)
    (tmp_path / "backend.py").touch()
    inner = tmp_path / "apps" / "orders"
    inner.mkdir(parents=True)
    assert program("workerd", inner).startswith(str(tmp_path / "node_modules" / ".pnpm"))
    assert program("esbuild", inner).startswith(str(tmp_path / "node_modules" / ".pnpm"))


def test_a_file_url_is_given_as_a_data_url_and_a_file_that_is_missing_is_named(tmp_path):
    file = tmp_path / "key set.json"
    file.write_text('{"keys": []}')
    with urllib.request.urlopen(fetchable(file.as_uri())) as answer:
        assert json.loads(answer.read()) == {"keys": []}
    assert fetchable("https://keys.test/jwks.json") == "https://keys.test/jwks.json"
    file.unlink()
    with pytest.raises(RunError, match=r".*key set.json cannot be read for a Worker: No such file"):
        fetchable(file.as_uri())


def test_sql_is_bundled_as_text(tmp_path):
    (tmp_path / "node_modules").symlink_to(node_modules())
    (tmp_path / "backend.py").touch()
    entry = tmp_path / "apps" / "orders" / "src" / "index.ts"
    entry.parent.mkdir(parents=True)
    (entry.parent / "all.sql").write_text("SELECT 1 -- all\n")
    entry.write_text('import all from "./all.sql"; export default { fetch: () => new Response(all) };')
    bundle(source(tmp_path), tmp_path / "out.js")
    assert "SELECT 1 -- all" in (tmp_path / "out.js").read_text()


def test_every_name_of_a_service_is_a_constant_of_its_own_in_the_configuration():
    names = ("a-b", "ab", "a-b-c", "a-bc")
    text = written([WorkerConfig(name, f"{name}.js", 1, (), {}) for name in names], "127.0.0.1", "2026-11-01")
    constants = [line.split(":")[0] for line in text.splitlines() if ":Workerd.Worker" in line]
    assert len(set(constants)) == len(names)
