"""Two Workers as a stranger has them: adopted, run, checked and rendered for Cloudflare."""

import json
import urllib.request
from dataclasses import replace

import pytest

from check.rule_run import modules_left_alone
from npm import node_modules
from stead.model import Environment, Workers, load
from stead.render.workers import files
from stead.testing.backend import Live

LETTER = """
interface Env { GREETING: string }
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (new URL(request.url).pathname === "/ping") return new Response("pong");
    const { to } = (await request.json()) as { to: string };
    return Response.json({ letter: `${env.GREETING}, ${to}` });
  },
};
"""
FRONT = """
interface Env { LETTERS: Fetcher }
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (new URL(request.url).pathname === "/ping") return new Response("pong");
    const body = JSON.stringify({ to: "Ann" });
    const headers = { "content-type": "application/json" };
    return env.LETTERS.fetch("https://letters/send", { method: "POST", headers, body });
  },
};
"""
FILES = {
    "apps/front/wrangler.jsonc": """{ "name": "front", "main": "src/index.ts",  // asks the other
        "services": [{ "binding": "LETTERS", "service": "letters" }] }""",
    "apps/front/src/index.ts": FRONT,
    "apps/letters/wrangler.toml": 'name = "letters"\nmain = "worker.ts"\n[vars]\nGREETING = "Dear"\n',
    "apps/letters/worker.ts": LETTER,
}
# What only a person knows: what each offers, where it says that it is well, and whom the gateway lets in.
KNOWN = (
    ("import Backend, Route, Service", "import Backend, Gateway, Health, Route, Service"),
    (
        '        Route.service("ANY", "/{path:path}", "call"),  # guessed: every path, for those that call it: front\n',
        '        Route.service("POST", "/send", "send"),\n',
    ),
    ('    contract="letters",\n', '    contract="letters",\n    health=PING,\n'),
    ('Service("front",', 'Service("front", routes=[Route.public("GET", "/hello")], health=PING,'),
    ('letters.may("call")', 'letters.may("send")'),
    ("\nletters = Service", '\nPING = Health("/ping", contract=False)\n\nletters = Service'),
    ("services=[front, letters]", 'services=[front, letters], gateway=Gateway("edge", fronts=[front])'),
)


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strangers")
    (folder / "node_modules").symlink_to(node_modules())
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    live = Live(folder)
    live.stead("adopt")
    text = (folder / "backend.py").read_text()
    for before, after in KNOWN:
        assert before in text
        text = text.replace(before, after, 1)
    (folder / "backend.py").write_text(text)
    return live


def test_they_run_and_one_asks_the_other_by_the_name_that_its_code_has(backend):
    backend.stead("up", "-d", "--port", "0")
    try:
        url = backend.process("edge")["url"]
        with urllib.request.urlopen(f"{url}/hello", timeout=10) as answer:
            assert json.loads(answer.read()) == {"letter": "Dear, Ann"}
    finally:
        backend.stead("down")


def test_the_check_finds_nothing_wrong_with_their_folders(backend):
    assert "WORKER0" not in backend.stead("check", well=False).stdout


def test_they_are_rendered_for_cloudflare_with_the_binding_that_their_code_has(backend):
    with modules_left_alone(backend.folder):
        described = load(backend.folder)
    rendered = files(replace(described, environments=[Environment("staging", workers=Workers())]))
    text = rendered["workers/front/wrangler.jsonc"]
    services = json.loads(text)["env"]["staging"]["services"]
    assert services == [{"binding": "LETTERS", "service": f"{described.name}-letters-staging"}]
    assert 'from "../../../apps/letters/worker.ts"' in rendered["workers/letters/index.js"]
