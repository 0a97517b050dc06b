"""The defects of settings."""

from check.defects import both, change, write

DIGEST = "@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LIMIT = 'Setting("STOCK_LIMIT", int, default=100, minimum=1, help="Pieces that one order may take.")'
WORKER = 'name = "mail"\nmain = "main.js"\n'
DEPLOY = "#!/bin/sh\nnpx wrangler deploy --var VERSION:1 --var ENVIRONMENT:prod"

PLANTED = {
    "SETTING010": change("orders/app.py", '["ENVIRONMENT"]', '["ENVIRONMENT"] or os.environ["ORDERS_PLACE"]'),
    "SETTING011": change(
        "backend.py", f"settings=[{LIMIT}]", f'settings=[{LIMIT}, Setting("STOCK_SHELF", default="a")]'
    ),
    "SETTING012": change("orders/app.py", '"ORDERS_CURRENCY", "EUR"', '"ORDERS_CURRENCY", "USD"'),
    "SETTING013": change("backend.py", '"SMTP_PASSWORD", secret=True', '"SMTP_PASSWORD", secret=True, default="a"'),
    "SETTING014": change("backend.py", '"SMTP_PASSWORD", secret=True', '"SMTP_PASSWORD"'),
    "SETTING015": change(".env.example", "SMTP_PASSWORD=\n", ""),
    "SETTING016": change(".env.example", "SMTP_PASSWORD=\n", "SMTP_PASSWORD=\nSMTP_PASWORD=\n"),
    "SETTING017": both(change(".gitignore", ".env*\n!", "!"), write(".env.prod", "SMTP_PASSWORD=\n")),
    "SETTING018": change(".env.example", "SMTP_PASSWORD=\n", "SMTP_PASSWORD=\nSMTP_PASSWORD=\n"),
    "SETTING019": lambda root: (root / ".env.example").unlink(),
    "SETTING020": change("backend.py", '"STOCK_LIMIT": 5', '"STOCK_LIMIT": 100'),
    "SETTING021": change("backend.py", '"STOCK_LIMIT": 5', '"STOCK_LIMIT": 0'),
    "SETTING022": change("backend.py", '"STOCK_LIMIT": 5', '"STOCK_LIMIT": 5, "PORT": 5'),
    "SETTING023": both(
        write("mail/wrangler.toml", f'{WORKER}[vars]\nVERSION = "dev"\n'),
        write("mail/deploy.sh", f"{DEPLOY}\n"),
    ),
    "SETTING024": both(
        write("mail/wrangler.toml", WORKER),
        write("mail/deploy.sh", f"{DEPLOY}\n"),
        change("backend.py", '"MAIL_SENDER", default="shop@example.com"', '"MAIL_SENDER"'),
        change(".env.example", "SMTP_PASSWORD=\n", "SMTP_PASSWORD=\nMAIL_SENDER=\n"),
    ),
    "SETTING025": change("backend.py", 'default="shop@example.com"', "default=5"),
    "SETTING026": both(
        change(
            "backend.py",
            'Setting("ORDERS_CURRENCY", default="EUR", help="What prices are in.")',
            'Setting("ORDERS_CURRENCY", default="EUR"), Setting("MAIL_SENDER", default="orders@example.com")',
        ),
        change("orders/app.py", '"ORDERS_CURRENCY", "EUR")', '"ORDERS_CURRENCY", "EUR") + os.environ["MAIL_SENDER"]'),
    ),
    "SETTING027": both(
        change("backend.py", '"MAIL_SENDER"', '"MAIL-SENDER"'), change("mail/main.go", '"MAIL_SENDER"', '"MAIL-SENDER"')
    ),
    "SETTING028": both(
        change("backend.py", '"STOCK_LIMIT", int, default=100, minimum=1', '"STOCK_LIMIT", dict, default=None'),
        change("backend.py", ', {stock: {"STOCK_LIMIT": 5}}', ""),
    ),
    "SETTING030": write(
        "compose.yaml",
        f"services:\n  stock:\n    image: shop/stock:1.0{DIGEST}\n    environment: {{STOCK_LIMIT: many}}\n",
    ),
    "SETTING031": change(".env.example", "SMTP_PASSWORD=\n", "SMTP_PASSWORD =\n"),
    "SETTING029": change(".env.example", "SMTP_PASSWORD=\n", "SMTP_PASSWORD=m4rble-9\n"),
}
