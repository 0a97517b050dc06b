"""A Worker's KV, D1, R2, queues and Hyperdrive on this machine: by its wrangler configuration, kept over a restart."""

import subprocess
import time
from contextlib import contextmanager

import httpx2
import pytest

from gateway.edge import free_port
from npm import node_modules
from stead.model import Postgres, Service
from stead.run.error import RunError
from stead.run.port import HOST
from stead.run.workerd_bindings import worker_bindings
from stead.run.workerd_bundle import WorkerSource, bundle, program
from stead.run.workerd_config import WorkerConfig, variable, written
from stead.run.workerd_storage import prepare

WRANGLER = """
name = "orders"
[[kv_namespaces]]
binding = "CACHE"
id = "<the id of the namespace>/../.."
[[d1_databases]]
binding = "DB"
database_name = "orders"
database_id = "x"
[[r2_buckets]]
binding = "FILES"
bucket_name = "files"
[[queues.producers]]
binding = "LETTERS"
queue = "letters"
[[queues.consumers]]
queue = "letters"
max_batch_size = 1
max_batch_timeout = 0
[[hyperdrive]]
binding = "HYPERDRIVE"
id = "h"
"""
CODE = """
const routes: Record<string, (env: any, text: string) => Promise<unknown>> = {
  "/kv/put": async (env, text) => env.CACHE.put("key", text, { metadata: { by: "test" }, expirationTtl: 3600 }),
  "/kv/get": async (env) => env.CACHE.getWithMetadata("key"),
  "/kv/list": async (env) => (await env.CACHE.list({ prefix: "k" })).keys.map((each: any) => each.name),
  "/d1/put": async (env, text) => {
    await env.DB.exec("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, name TEXT)");
    const insert = env.DB.prepare("INSERT INTO orders (name) VALUES (?)");
    return (await env.DB.batch([insert.bind(text), insert.bind(text + "!")])).length;
  },
  "/d1/get": async (env) => (await env.DB.prepare("SELECT name FROM orders ORDER BY id").all()).results,
  "/d1/wrong": async (env) => env.DB.prepare("SELEC 1").all().catch((error: Error) => String(error)),
  "/r2/put": async (env, text) => (await env.FILES.put("a/b.txt", text)).size,
  "/r2/get": async (env) => (await env.FILES.get("a/b.txt"))?.text() ?? null,
  "/r2/list": async (env) => (await env.FILES.list({ prefix: "a/" })).objects.map((each: any) => each.key),
  "/r2/delete": async (env) => env.FILES.delete("a/b.txt"),
  "/queue/put": async (env, text) => env.LETTERS.send({ text }),
  "/queue/got": async (env) => env.CACHE.get("letter"),
  "/hyperdrive": async (env) => ({ ...env.HYPERDRIVE }),
};
export default {
  async fetch(request: Request, env: any): Promise<Response> {
    const answer = routes[new URL(request.url).pathname];
    return Response.json((await answer(env, await request.text())) ?? null);
  },
  async queue(batch: any, env: any): Promise<void> {
    for (const each of batch.messages) await env.CACHE.put("letter", `${batch.queue}: ${each.body.text}`);
  },
};
"""
DATABASE = "postgresql://shop%40x:p%2Fw@127.0.0.1:5433/orders"


def project(folder, configuration=WRANGLER, **more):
    (folder / "node_modules").symlink_to(node_modules())
    (folder / "backend.py").touch()
    entry = folder / "apps" / "orders" / "src" / "index.ts"
    entry.parent.mkdir(parents=True)
    entry.write_text(CODE)
    (folder / "apps" / "orders" / "wrangler.toml").write_text(configuration)
    return WorkerSource.of(Service("orders", worker="apps/orders", **{"needs": [Postgres()], **more}), folder)


@contextmanager
def running(source, folder):
    """Run the Worker for as long as the block lasts; its data stay in the folder."""
    port, run = free_port(), folder / "run"
    run.mkdir(exist_ok=True)
    bindings = worker_bindings(source, "dev")
    bundle(source, run / "orders.js")
    prepare([bindings], run, source.entry.parent)
    config = WorkerConfig("orders", "orders.js", port, ["DATABASE_URL"], {}, bindings=bindings)
    (run / "workerd.capnp").write_text(written([config], HOST, "2026-11-01", run))
    words = [program("workerd", folder), "serve", "--verbose", "--experimental", str(run / "workerd.capnp")]
    with (run / "log").open("w") as log:
        environ = {variable("orders", "DATABASE_URL"): DATABASE}
        workerd = subprocess.Popen(words, env=environ, stdout=log, stderr=log)
    try:
        with httpx2.Client(base_url=f"http://{HOST}:{port}", timeout=20) as client:
            _wait(lambda: workerd.poll() is None and _answers(client), lambda: (run / "log").read_text())
            yield lambda path, text="": client.post(path, content=text).raise_for_status().json()
    finally:
        workerd.terminate()
        workerd.wait(10)


def _answers(client):
    try:
        return client.get("/hyperdrive").status_code == 200
    except httpx2.TransportError:
        return False


def _wait(holds, why):
    deadline = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("orders")


@pytest.fixture(scope="module")
def source(folder):
    return project(folder)


@pytest.fixture(scope="module")
def ask(source, folder):
    """Start twice: what the first run has put, the second must have."""
    with running(source, folder) as first:
        first("/kv/put", "over a restart")
        first("/d1/put", "one")
        assert first("/r2/put", "letter") == len("letter")
    with running(source, folder) as second:
        yield second


def test_kv_keeps_a_value_with_its_metadata_over_a_restart(ask):
    found = ask("/kv/get")
    assert (found["value"], found["metadata"]) == ("over a restart", {"by": "test"})
    assert "key" in ask("/kv/list")


def test_d1_runs_a_batch_keeps_its_rows_and_tells_what_is_wrong(ask):
    assert ask("/d1/get") == [{"name": "one"}, {"name": "one!"}]
    assert "D1_ERROR" in ask("/d1/wrong")


def test_r2_keeps_an_object_lists_it_and_deletes_it(ask):
    assert (ask("/r2/get"), ask("/r2/list")) == ("letter", ["a/b.txt"])
    ask("/r2/delete")
    assert ask("/r2/get") is None


def test_a_queue_delivers_to_its_consumer(ask):
    ask("/queue/put", "hello")
    _wait(lambda: ask("/queue/got") == "letters: hello", lambda: "the consumer got no message")


def test_hyperdrive_has_the_address_of_the_database_and_no_password_is_in_the_configuration(ask, folder):
    found = ask("/hyperdrive")
    assert found == {
        "connectionString": DATABASE,
        "host": "127.0.0.1",
        "port": 5433,
        "user": "shop@x",
        "password": "p/w",
        "database": "orders",
    }
    assert "p%2Fw" not in (folder / "run" / "workerd.capnp").read_text()


def test_data_stay_below_the_folder_of_the_run(ask, folder):
    assert (folder / "run" / "storage" / "v3" / "kv" / "miniflare-KVNamespaceObject").is_dir()
    assert not (folder.parent / "blobs").exists()


@pytest.mark.parametrize(
    ("configuration", "more", "wrong"),
    [
        ("[[hyperdrive]]\nbinding = 'HD'\nid = 'x'\n", {"needs": []}, r"HD, and orders has no database: add needs"),
        ("[[kv_namespaces]\n", {}, r"wrangler.toml cannot be read: .*line 1"),
        ("a = " + "[" * 30_000, {}, r"wrangler.toml cannot be read"),
        ("#" * 60_000, {}, r"it has 60,000 characters; 50,000 are the most"),
        (
            "[[kv_namespaces]]\nbinding = 'A'\n[[r2_buckets]]\nbinding = 'A'\n",
            {},
            r"binds A, the name of another binding",
        ),
        ("[[kv_namespaces]]\nbinding = 'DATABASE_URL'\n", {}, r"binds DATABASE_URL, the name of a setting"),
    ],
)
def test_a_configuration_that_is_wrong_is_named_with_its_mend(tmp_path, configuration, more, wrong):
    with pytest.raises(RunError, match=wrong):
        worker_bindings(project(tmp_path, configuration, **more), "dev")


def test_without_miniflare_it_says_what_to_install(tmp_path):
    source = project(tmp_path)
    (tmp_path / "node_modules").unlink()
    with pytest.raises(RunError, match=r"simulated by miniflare.*npm install --save-dev wrangler"):
        prepare([worker_bindings(source, "dev")], tmp_path / "run", source.entry.parent)
