"""The defects of boundaries."""

from check.defects import both, change, write

COUNT = 'Route.service("GET", "/v1/pieces", "count")'

PLANTED = {
    "BOUNDARY010": both(
        write("billing/__init__.py", '"""Billing."""\n'),
        write("billing/app.py", '"""Billing."""\n\nfrom orders.client import letter as create\n'),
        change(
            "backend.py",
            "search = Service(",
            'billing = Service("billing", app="billing.app:create")\nsearch = Service(',
        ),
        change("backend.py", "orders, search]", "orders, billing, search]"),
        change(
            ".github/workflows/deploy.yml", "[orders, wishes, stock, mail]", "[orders, wishes, stock, mail, billing]"
        ),
    ),
    "BOUNDARY011": both(
        write("post/Dockerfile", "FROM scratch\n"),
        change("stock/src/main.js", "\nconst {", 'import "../../post/letters.js";\n\nconst {'),
        write("post/letters.js", 'export const letters = "/health";\n'),
        change(
            "backend.py",
            "search = Service(",
            'post = Service("post", command="node letters.js", folder="post")\nsearch = Service(',
        ),
        change("backend.py", "orders, search]", "orders, post, search]"),
        change(".github/workflows/deploy.yml", "[orders, wishes, stock, mail]", "[orders, wishes, stock, mail, post]"),
    ),
    "BOUNDARY023": write("edge/haproxy.cfg", "global\n  ssl-default-bind-options ssl-min-ver TLSv1.0\n"),
    "BOUNDARY024": both(
        write("edge/compose.yaml", "services:\n  front:\n    build: .\n"),
        write("edge/Dockerfile", "FROM scratch\n"),
        write("edge/site.conf", "server {\n    location / { proxy_pass http://back:8000; }\n}\n"),
    ),
    "BOUNDARY012": change(
        "tools/sweep.py", "STOCK_SERVICE_URL']}/v1", "STOCK_SERVICE_URL'] or os.environ['MAIL_SERVICE_URL']}/v1"
    ),
    "BOUNDARY013": change("backend.py", 'calls=[stock.may("count")]', 'calls=[stock.may("count"), mail.may("send")]'),
    "BOUNDARY014": both(
        change("backend.py", "stock = Service(", "kept = Postgres()\nstock = Service("),
        change("backend.py", "needs=[Redis()]", "needs=[Redis(), kept]"),
        change("backend.py", "needs=[Postgres()]", "needs=[kept]"),
    ),
    "BOUNDARY015": both(
        change("backend.py", "import Backend, Clerk,", "import Backend, Call, Clerk,"),
        change("backend.py", "needs=[Redis()],", 'needs=[Redis()],\n    calls=[Call(lambda: mail, ("send",))],'),
        change("backend.py", 'folder="mail",', 'folder="mail",\n    calls=[stock.may("count")],'),
        change("stock/src/main.js", "REDIS_URL }", "REDIS_URL, MAIL_SERVICE_URL: mail }"),
        change("mail/main.go", 'os.Getenv("PORT")', 'os.Getenv("PORT")+os.Getenv("STOCK_SERVICE_URL")'),
    ),
    "BOUNDARY016": both(
        change("backend.py", "import Backend, Clerk,", "import Backend, Call, Clerk,"),
        change("backend.py", "needs=[Redis()],", 'needs=[Redis()],\n    calls=[Call(lambda: stock, ("count",))],'),
        change("stock/src/main.js", "REDIS_URL }", "REDIS_URL, STOCK_SERVICE_URL: own }"),
    ),
    "BOUNDARY017": write("infra/nginx.conf", "server {\n    location /v1/discounts { return 200; }\n}\n"),
    "BOUNDARY018": change("backend.py", "fronts=[orders, wishes]", "fronts=[orders, wishes, mail]"),
    "BOUNDARY019": both(
        change("backend.py", 'calls=[stock.may("reserve"), mail.may("send")]', 'calls=[stock.may(), mail.may("send")]'),
        change("backend.py", 'calls=[stock.may("count")]', 'calls=[stock.may("count", "reserve")]'),
    ),
    "BOUNDARY020": change("backend.py", f", {COUNT}", f', {COUNT}, Route.service("DELETE", "/v1/pieces", "clear")'),
    "BOUNDARY021": write("edge/main.js", "console.log(1);\n"),
    "BOUNDARY022": change("orders/app.py", '["STOCK_SERVICE_URL"])', '["STOCK_SERVICE_URL"] or "http://stock:8080")'),
}
