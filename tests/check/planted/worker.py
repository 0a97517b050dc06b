"""The defects of Workers: one more service that is one, and a configuration by hand beside the stock."""

from check.defects import both, change, write

CONFIGURATION = """name = "stock"
main = "src/main.js"
compatibility_date = "2026-11-01"

[env.prod]
services = [{ binding = "MAIL", service = "mail-prod" }]
secrets = { required = ["PARTNER_KEY"] }

[env.dev]
services = [{ binding = "MAIL", service = "mail-dev" }]
"""
WITH_KV = 'name = "counter"\nmain = "src/index.ts"\n[[kv_namespaces]]\nbinding = "SEEN"\n'
WITH_OBJECTS = (
    'name = "counter"\nmain = "src/index.ts"\n[[durable_objects.bindings]]\nname = "ROOM"\nclass_name = "Room"\n'
)
WITH_GHOST = 'name = "counter"\nmain = "src/index.ts"\nservices = [{ binding = "GHOST", service = "ghost" }]\n'
SERVICE = 'counter = Service("counter", worker="counter")\n\nbackend = Backend('
DESCRIBED = both(
    change("backend.py", "backend = Backend(", SERVICE),
    change("backend.py", "orders, search]", "orders, search, counter]"),
    change(".github/workflows/deploy.yml", "stock, mail]", "stock, mail, counter]"),
)


def configured(before, after):
    """Return a defect: a configuration by hand, with one text that is another."""
    assert CONFIGURATION.count(before) == 1, before
    return write("stock/wrangler.toml", CONFIGURATION.replace(before, after))


PLANTED = {
    "WORKER010": both(DESCRIBED, write("counter/README.md", "# Counter\n")),
    "WORKER011": configured("mail-dev", "mail-prod"),
    "WORKER012": configured("[env.dev]", '[env.prod.vars]\nPARTNER_KEY = ""\n\n[env.dev]'),
    "WORKER014": both(
        DESCRIBED,
        write("counter/wrangler.toml", WITH_KV),
        write("counter/src/index.ts", "export default { fetch: () => new Response() };\n"),
        write("deploy/workers/counter/wrangler.jsonc", '{"name": "counter", "env": {"prod": {"services": []}}}\n'),
    ),
    "WORKER015": both(
        DESCRIBED,
        write("counter/wrangler.toml", WITH_GHOST),
        write("counter/src/index.ts", "export default { fetch: () => new Response() };\n"),
    ),
    "WORKER013": both(
        DESCRIBED,
        write("counter/wrangler.toml", WITH_OBJECTS),
        write("counter/src/index.ts", "export default { fetch: () => new Response() };\n"),
    ),
}
