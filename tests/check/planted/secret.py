"""The defects of secrets. What they plant is put together here, so that no scanner takes this file for a leak."""

from check.defects import both, change, write
from check.rule_run import git

TOKEN = "gh" + "p_" + "R7kq2mXv9Lw4Tz8Yb3Nc6Hd1Jf5Gs0PaQeUx"
KEY = "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n"
RANDOM = "q8Zx2Lk9v" + "Tr4Wm7Ys1Np"
MARK = "import json\n"


def _compose(environment):
    return write("compose.yaml", f"services:\n  mail:\n    build: ./mail\n    environment: {environment}\n")


def _in_the_past(root):
    write("notes.txt", f"{TOKEN}\n")(root)
    git(root, "add", "notes.txt")
    git(root, "commit", "-q", "-m", "note")
    git(root, "rm", "-q", "notes.txt")
    git(root, "commit", "-q", "-m", "forget")


def _forced(root):
    write("keys/SMTP_PASSWORD", "marble\n")(root)
    write(".gitignore", "/keys/\n")(root)
    git(root, "add", "-f", "keys/SMTP_PASSWORD")


PLANTED = {
    "SECRET010": change("orders/app.py", MARK, f'{MARK}\nMARK = "{TOKEN}"\n'),
    "SECRET011": write("docs/shop.pem", KEY),
    "SECRET012": change("README.md", "# Shop\n", "# Shop\n\nhttps://ann:m4rble-7@shop.io\n"),
    "SECRET013": change("orders/app.py", MARK, f'{MARK}\nSIGNING_KEY = "{RANDOM}"\n'),
    "SECRET014": _compose("{SMTP_PASSWORD: marble}"),
    "SECRET015": change("mail/Dockerfile", "WORKDIR /app", "ENV SMTP_PASSWORD=marble\nWORKDIR /app"),
    "SECRET016": change("mail/Dockerfile", "WORKDIR /app", "ARG SMTP_PASSWORD\nWORKDIR /app"),
    "SECRET017": change(".github/workflows/deploy.yml", "jobs:\n", "env:\n  SMTP_PASSWORD: marble-7\njobs:\n"),
    "SECRET018": change("deploy.sh", "kubectl set", 'kubectl --token "$KEY" set'),
    "SECRET019": write("deploy/mail.yaml", "apiVersion: v1\nkind: Secret\nstringData: {password: marble}\n"),
    "SECRET020": change("stock/Dockerfile", "COPY src ./src", "COPY . ."),
    "SECRET021": _in_the_past,
    "SECRET022": both(
        change("backend.py", '"SMTP_PASSWORD"', '"SMTP_KEY"'),
        change(".env.example", "SMTP_PASSWORD", "SMTP_KEY"),
        change("mail/main.go", "SMTP_PASSWORD", "SMTP_KEY"),
        change("mail/Dockerfile", "WORKDIR /app", "ENV SMTP_KEY=marble\nWORKDIR /app"),
    ),
    "SECRET023": _forced,
}
