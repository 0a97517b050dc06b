"""The defects of sealed files: the shop's secrets of production, sealed as SOPS seals them."""

from check.defects import both, write

RECIPIENTS = (f"age1{'q' * 58}", f"age1{'p' * 58}")
NAMES = ("SMTP_PASSWORD", *(f"{each}.SERVICE_JWT_SECRET" for each in ("edge", "orders", "sweep")))


def value(mark="A"):
    """Return a sealed value; values of one mark are alike."""
    return f"ENC[AES256_GCM,data:q83v,iv:{mark * 43}=,tag:AAAAAAAAAAAAAAAAAAAAAA==,type:str]"


def sealed(values, recipients=RECIPIENTS, changed="2999-01-01", mac=True, mark="A"):
    """Return a file of SOPS."""
    people = "".join(f"    - recipient: {each}\n      enc: sealed {mark} {each[4:8]}\n" for each in recipients)
    dates = "".join(f'  {name}: "{changed}"\n' for name in values)
    return (
        "".join(f"{name}: {each}\n" for name, each in values.items())
        + f"changed_unencrypted:\n{dates}sops:\n  age:\n{people}"
        + '  lastmodified: "2999-01-01T00:00:00Z"\n'
        + (f"  mac: {value(mark)}\n" if mac else "")
        + "  unencrypted_suffix: _unencrypted\n  version: 3.11.0\n"
    )


def rules(*environments, recipients=RECIPIENTS):
    """Return a `.sops.yaml`."""
    rule = "  - path_regex: deploy/sops/{}\\.yaml$\n    age: {}\n"
    return "creation_rules:\n" + "".join(rule.format(each, ",".join(recipients)) for each in environments)


def production(text, given=""):
    """Return a defect: the sealed file of production, and its rules."""
    return both(write(".sops.yaml", given or rules("prod")), write("deploy/sops/prod.yaml", text))


ALL = {name: value() for name in NAMES}
COPIED = ALL | {name: value("B") for name in ("search.SERVICE_JWT_SECRET", "GRAFANA_PASSWORD")}
PLANTED = {
    "SOPS010": production(sealed(ALL | {"SMTP_PASSWORD": "in the clear"})),
    "SOPS011": production(sealed(ALL, RECIPIENTS[:1]), rules("prod", recipients=RECIPIENTS[:1])),
    "SOPS012": production(sealed(ALL), rules("prod", recipients=(RECIPIENTS[0], f"age1{'z' * 58}"))),
    "SOPS013": production(sealed(ALL, changed="2020-01-01")),
    "SOPS014": production(sealed(ALL | {"SMTP_PASWORD": value()})),
    "SOPS015": production(sealed({name: text for name, text in ALL.items() if name != "SMTP_PASSWORD"})),
    "SOPS016": both(
        production(sealed(ALL), rules("dev", "prod")), write("deploy/sops/dev.yaml", sealed(COPIED, mark="C"))
    ),
    "SOPS018": both(production(sealed(ALL)), write("deploy/sops/production.yaml", sealed(COPIED, mark="C"))),
    "SOPS019": production(sealed(ALL), rules("prod") + "    encrypted_regex: ^(password|token)$\n"),
    "SOPS017": production(sealed(ALL, mac=False)),
}
