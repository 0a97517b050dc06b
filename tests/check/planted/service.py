"""The defects of services."""

from check.defects import both, change, remove, write

MATRIX = "service: [orders, wishes, stock, mail]"
FRONT_END = 'pages = Service("pages", static="pages/dst")\n\nbackend = Backend('

PLANTED = {
    "SERVICE010": change("backend.py", '"tools.sweep:main"', '"tools.sweeps:main"'),
    "SERVICE011": change("backend.py", '"tools.sweep:main"', '"tools.sweep:mains"'),
    "SERVICE012": change(
        "backend.py", 'entry="tools.sweep:main"', 'entry="tools.sweep:main", image="a@sha256:" + 64 * "0"'
    ),
    "SERVICE013": change("backend.py", 'folder="mail"', 'folder="mails"'),
    "SERVICE014": change("backend.py", '"node src/main.js"', '"node src/server.js"'),
    "SERVICE015": both(remove("mail/go.mod"), change("mail/Dockerfile", "COPY go.mod *.go ./", "COPY *.go ./")),
    "SERVICE016": change("backend.py", '"node src/main.js"', '"npm run serve"'),
    "SERVICE017": both(
        remove("stock/package-lock.json"),
        change("stock/Dockerfile", "COPY package.json package-lock.json ./", "COPY package.json ./"),
    ),
    "SERVICE018": change(
        "backend.py", "search:2.1.0@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "search"
    ),
    "SERVICE019": change("backend.py", "@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", ""),
    "SERVICE020": change("backend.py", 'Environment("dev", ', 'Environment("dev", without=(search,), values='),
    "SERVICE021": change("backend.py", "without=(search,)", "without=(search, mail)"),
    "SERVICE022": both(
        write("billing/wrangler.toml", 'name = "billing"\nmain = "main.js"\n'),
        write("billing/main.js", 'export default { fetch: () => new Response("/health") };\n'),
    ),
    "SERVICE023": remove("mail/Dockerfile"),
    "SERVICE024": change(".github/workflows/deploy.yml", MATRIX, "service: [orders, wishes, stock]"),
    "SERVICE025": change(
        ".github/workflows/deploy.yml", "timeout-minutes: 10", "timeout-minutes: 10\n    continue-on-error: true"
    ),
    "SERVICE026": write("mail/deploy.sh", "#!/bin/sh\nnpx wrangler deploy --var ENVIRONMENT:prod\n"),
    "SERVICE027": change(
        ".github/workflows/deploy.yml",
        'curl --fail "https://$SERVICE.example.com/health"',
        'kubectl apply -f "$SERVICE.yaml"',
    ),
    "SERVICE028": both(
        change("stock/src/main.js", "const { PORT, ", "const { "),
        change("stock/src/main.js", '.listen(Number(PORT), "127.0.0.1")', ".listen(3000)"),
        change("stock/Dockerfile", "${process.env.PORT}", "3000"),
    ),
    "SERVICE031": write("orders/requirements.txt", "litestar>=2\n"),
    "SERVICE029": change("mail/main.go", '":"+os', '"127.0.0.1:"+os'),
    "SERVICE030": both(
        change("backend.py", "backend = Backend(", FRONT_END),
        change("backend.py", "fronts=[orders, wishes]", "fronts=[orders, wishes, pages]"),
        change("backend.py", "orders, search]", "orders, search, pages]"),
        change(".github/workflows/deploy.yml", "stock, mail]", "stock, mail, pages]"),
        write("pages/dist/index.html", "<!doctype html>\n<title>Shop</title>\n"),
    ),
    "SERVICE040": write("calendar.py", '"""Days on which the shop is closed."""\n'),
}
