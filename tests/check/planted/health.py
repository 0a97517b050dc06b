"""The defects of health."""

from check.defects import both, change, running

APP = "orders/app.py"
ANSWER = "        if path in HEALTH:\n            return 200, self.health\n"
REFUSAL = '        if path in HEALTH:\n            return 401, {"code": "unauthorized"}\n'
TOUCH = """        if path in HEALTH:
            url = urlsplit(self.database)
            socket.create_connection((url.hostname, url.port)).close()
            return 200, self.health
"""
VERSION = '            "version": os.environ["VERSION"],\n'
LIVEZ = '        if path == "/livez":\n            return 200, {"status": "ok"}\n'
MAKING = "    def __init__(self) -> None:\n        self.currency"
IMPORTS = "import os\nimport socket\nfrom urllib.parse import urlsplit\n"

PLANTED = {
    "HEALTH010": change(
        "backend.py", 'Route.service("GET", "/v1/pieces", "count")', 'Route.service("GET", "/readyz", "count")'
    ),
    "HEALTH011": both(
        change("backend.py", "Gateway, Job,", "Gateway, Health, Job,"),
        change("backend.py", 'folder="mail",', 'folder="mail",\n    health=Health(path="/health/mail"),'),
        change("mail/main.go", '"/health"', '"/health/mail"'),
    ),
    "HEALTH012": change("mail/main.go", "/health", "/well"),
    "HEALTH013": change(
        APP, MAKING, '    def __init__(self) -> None:\n        open("/etc/shop.ini").close()\n        self.currency'
    ),
    "HEALTH014": change(APP, ANSWER, REFUSAL),
    "HEALTH015": change(APP, VERSION, ""),
    "HEALTH016": change(APP, VERSION, '            "version": "1.0.0",\n'),
    "HEALTH017": change(APP, VERSION, f'{VERSION}            "database": self.database,\n'),
    "HEALTH018": both(change(APP, ANSWER, TOUCH), change(APP, "import os\n", IMPORTS)),
    "HEALTH019": change(APP, 'HEALTH = ("/health", "/version")', 'HEALTH = ("/health",)'),
    "HEALTH020": change(APP, LIVEZ, ""),
    "HEALTH021": running(without=("mail",)),
    "HEALTH022": running(stock={"/health": [503, {}]}),
    "HEALTH023": running(stock={"version": "6"}),
    "HEALTH024": running(stock={"service": "mail"}),
    "HEALTH025": running(stock={"/version": [404, {}]}),
}
