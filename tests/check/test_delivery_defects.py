"""Many defects at once, over the four formats of delivery: each is found on its line, and nothing else is.

A line with a defect ends in `#! CODE`; a file without comments is in `UNMARKED`.
"""

import re
from pathlib import Path

import pytest

from check.planted.sops import RECIPIENTS, rules, sealed, value
from check.rule_run import held
from check.test_cases import MARK
from stead.check.registry import rules as rules_of

FORMATS = ("GITOPS", "HELM", "SOPS", "TERRAFORM")
BACKEND = '''"""Shop: a worker in a cluster."""

from stead import Backend, Environment, Gitops, Kubernetes, Service, Setting

worker = Service("worker", command="node dist/main.js", folder="worker", settings=[Setting("PAY_KEY", secret=True)])


def place(name: str, user: str = "") -> Kubernetes:
    return Kubernetes(
        f"shop-{name}",
        gitops=Gitops(f"https://{user}git.example.com/shop.git"),  #! GITOPS013
    )


backend = Backend(
    "shop",
    services=[worker],
    registry="example.com",
    environments=[
        Environment("dev", kubernetes=place("dev")),
        Environment("test", kubernetes=place("test", "ann:secret@")),
        Environment("staging", kubernetes=place("staging", "ghp_0123@")),
        Environment("prod", kubernetes=place("prod")),
    ],
)
'''
OLD, NEW = ("sha256:" + mark * 64 for mark in "12")
RELEASES = {
    "deploy/releases/dev.json": f'{{"version": "v1", "images": {{"worker": "{OLD}"}}}}',
    "deploy/releases/test.json": f'{{"version": "v1", "images": {{"worker": "{NEW}"}}}}',
    "deploy/releases/staging.json": '{"version": "v1", "images": {"worker": "v1"}}',
    "deploy/releases/prod.json": f'{{"version": "v2", "images": {{"worker": "{NEW}", "wroker": "{NEW}"}}}}',
    "deploy/releases/preview.json": '{"version": "v1"}',
}
FLUX = {
    "cluster/flux.yaml": """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: own
spec:
  interval: 1m
  url: http://git.example.com/shop.git  #! GITOPS016
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: own
spec:
  interval: 10m
  path: ./cluster/own
  prune: true
  sourceRef: {kind: GitRepository, name: own}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: own  #! GITOPS017
""",
    "cluster/set.yaml": """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: own  #! GITOPS019
spec:
  goTemplate: true  #! GITOPS020
  generators:
    - list: {elements: [{name: own}]}
  template:
    metadata: {name: "{{.name}}"}
    spec: {project: own}
""",
    "cluster/own/data.yaml": """apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: uploads  #! GITOPS015
  annotations:
    keel.sh/policy: minor  #! GITOPS017
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 5Gi}}
---
apiVersion: v1
kind: Namespace
metadata:
  name: own
  labels:
    kustomize.toolkit.fluxcd.io/prune: disabled
""",
}
STATE = {"infra/prod.tfstate": "{}", "infra/prod.tfvars": 'size = "small"\n', "infra/tfplan": "PK\n"}
TERRAFORM = {
    "infra/data.tf": """resource "aws_db_instance" "main" { #! TERRAFORM021
  password            = "correct horse battery" #! TERRAFORM022
  publicly_accessible = true #! TERRAFORM026
  skip_final_snapshot = true #! TERRAFORM028
  deletion_protection = false #! TERRAFORM028
}

resource "yandex_mdb_postgresql_cluster" "main" { #! TERRAFORM021
  host {
    assign_public_ip = true #! TERRAFORM026
  }
}

resource "twc_database_cluster" "main" { #! TERRAFORM021
  lifecycle {
    prevent_destroy = false
  }
}

resource "aws_s3_bucket" "media" { #! TERRAFORM021
  bucket = "media"
}

resource "aws_s3_bucket_acl" "media" {
  acl = "public-read" #! TERRAFORM026
}

resource "aws_secretsmanager_secret_version" "pay" {
  secret_string = "q7Hs2Bv9Ju4XeaW1" #! TERRAFORM022
}

data "aws_iam_policy_document" "own" {
  statement {
    actions   = ["*"] #! TERRAFORM029
    resources = ["*"]
  }

  statement {
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }

  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "own" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] #! TERRAFORM029
  })
}

resource "aws_security_group" "door" {
  ingress {
    from_port   = 22 #! TERRAFORM026
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}
""",
    "infra/main.tf": """terraform {
  required_providers {
    aws    = { source = "hashicorp/aws", version = ">= 6.0" } #! TERRAFORM023
    random = { source = "hashicorp/random" } #! TERRAFORM023
    twc = {
      source  = "tf.timeweb.cloud/timeweb-cloud/timeweb-cloud"
      version = "> 1.4" #! TERRAFORM023
    }
  }

  backend "s3" { #! TERRAFORM024
    bucket = "state"
  }
}

module "a" {
  source = "git::https://git.example.com/modules.git?ref=main" #! TERRAFORM025
}

module "b" {
  source = "github.com/acme/modules" #! TERRAFORM025
}

module "c" {
  source = "terraform-aws-modules/vpc/aws" #! TERRAFORM025
}

module "d" {
  source = "./modules/own"
}

variable "db_password" { #! TERRAFORM027
  type    = string
  default = "correct horse" #! TERRAFORM022
}

output "kubeconfig" { #! TERRAFORM027
  value = module.d.kubeconfig
}
""",
    "infra/other.tf": """terraform {
  backend "http" { #! TERRAFORM024
    address = "https://state.example.com/shop"
  }
}
""",
}
HELM = {
    "deploy/helm/shop/values.schema.json": """{
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "environment": {"type": "string", "enum": ["dev", "prod"]},
    "images": {"type": "object", "properties": {"worker": {"type": "string"}, "other": {"type": "string"}}},
    "namespace": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"},
    "secret": {"type": "string"},
    "processes": {
      "type": "object",
      "properties": {"worker": {"type": "object", "properties": {"replicas": {"type": "integer", "minimum": 1}}}}
    }
  }
}
""",
    "deploy/helm/shop/values.own.yaml": """environment: production  #! HELM022
namespace: Shop_Prod  #! HELM022
secret: on  #! HELM022
hots: shop.example.com  #! HELM020
images:
  worker: v7  #! HELM021
  other: ""  #! HELM021
processes:
  worker:
    replcas: 3  #! HELM020
""",
    "deploy/helm/shop/values.mine.yaml": """processes:
  worker:
    replicas: 0  #! HELM022
""",
    "deploy/helm/shop/values.text.yaml": """processes:
  worker:
    replicas: "3"  #! HELM022
""",
    "charts/cache/Chart.yaml": """apiVersion: v2
name: cache
version: 1.0.0
dependencies:
  - name: valkey  #! HELM024
    version: ^2
    repository: https://charts.example.com
  - name: exporter  #! HELM024
    repository: http://charts.example.com  #! HELM026
""",
    "charts/cache/values.yaml": """limit: 100
server: {port: 6379}
extra: {}
image: docker.io/valkey/valkey:latest  #! HELM025
exporter:
  tag: "latest"  #! HELM025
named: {image: docker.io/valkey/valkey}
""",
    "charts/cache/templates/pod.yaml": """apiVersion: v1
kind: Pod
metadata:
  name: cache
spec:
  containers:
    - image: docker.io/valkey/valkey  #! HELM025
      name: cache
    - image: {{ .Values.image }}
      name: other
    - image: docker.io/valkey/valkey:9.1
      name: last
""",
    "charts/cache/templates/secret.yaml": """apiVersion: v1
kind: Secret
metadata:
  name: cache
stringData:
  password: {{ randAlphaNum 32 | quote }}  #! HELM027
""",
    "charts/cache/templates/kept.yaml": """{{- $kept := lookup "v1" "Secret" .Release.Namespace "kept" }}
apiVersion: v1
kind: Secret
metadata:
  name: kept
data:
  password: {{ ($kept.data | default dict).password | default (randAlphaNum 32 | b64enc) }}
""",
    "charts/cache/templates/config.yaml": """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.name | default "cache" }}
data:
  limit: {{ .Values.limits | quote }}  #! HELM023
  port: {{ .Values.server.prot | quote }}  #! HELM023
  extra: {{ .Values.extra.anything | quote }}
  {{- if .Values.debug }}
  debug: {{ .Values.debug.level | quote }}
  {{- end }}
""",
}


def marked(text, **codes):
    """Return a sealed file with marks at the lines of names; `first` marks the first line."""
    lines = text.splitlines()
    for name, code in codes.items():
        at = 0 if name == "first" else next(at for at, line in enumerate(lines) if line.startswith(f"{name}:"))
        lines[at] += f"  #! {code}"
    return "\n".join(lines) + "\n"


def all_rules():
    """Return a `.sops.yaml` in which staging has one recipient more, and test none."""
    partial = "    encrypted_regex: ^(password|token)$  #! SOPS019\n"
    staging = rules("staging", recipients=(*RECIPIENTS, f"age1{'z' * 58}")).partition("\n")[2]
    return rules("dev", "prod") + partial + staging


NAMED = {"PAY_KEY": value("A")}
SLIPS = {"GRAFANA_PASSWORD": value("H"), "PAY_KYE": value("D"), "OLD": "[in, the, clear]"}
SOPS = {
    ".sops.yaml": all_rules(),
    "deploy/sops/dev.yaml": marked(
        sealed(NAMED | SLIPS, (RECIPIENTS[0],) * 2, mark="E"),
        first="SOPS011 SOPS012",
        PAY_KYE="SOPS014",
        OLD="SOPS010 SOPS014",
    ),
    "deploy/sops/preview.yaml": "PAY_KEY: in the clear  #! SOPS018\n",
    "deploy/sops/test.yaml": "PAY_KEY: in the clear  #! SOPS010\n",
    "deploy/sops/staging.yaml": marked(
        sealed(NAMED, changed="2020-01-01", mac=False, mark="F"), first="SOPS012 SOPS013 SOPS016 SOPS017"
    ),
    "deploy/sops/prod.yaml": marked(
        sealed({"OTHER": value("G")}, mark="F"), first="SOPS014 SOPS015 SOPS016"
    ),
}  # fmt: skip
UNMARKED = [
    ("deploy/releases/preview.json", 1, "GITOPS018"),
    ("deploy/releases/prod.json", 1, "GITOPS012"),
    ("deploy/releases/staging.json", 1, "GITOPS010"),
    ("deploy/releases/test.json", 1, "GITOPS011"),
    *((name, 1, "TERRAFORM020") for name in STATE),
]
FILES = {"backend.py": BACKEND, "worker/package.json": "{}"} | RELEASES | FLUX | STATE | TERRAFORM | HELM | SOPS


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the rules of the four formats find in a tree of all defects."""
    root = tmp_path_factory.mktemp("delivery")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    findings = held(root, rules_of(FORMATS))
    return sorted((Path(each.place.file).relative_to(root).as_posix(), each.place.line, each.code) for each in findings)


def expected():
    return sorted(
        UNMARKED
        + [
            (name, line, code)
            for name, text in FILES.items()
            for line, said in enumerate(text.splitlines(), 1)
            for mark in MARK.finditer(said)
            for code in mark[1].split()
        ]
    )


@pytest.mark.parametrize("form", FORMATS)
def test_each_defect_is_found_on_its_line_and_nothing_else_is(found, form):
    assert [each for each in found if each[2].startswith(form)] == [
        each for each in expected() if each[2].startswith(form)
    ]


def test_forty_defects_are_planted_and_each_rule_has_one():
    assert len(expected()) >= 40
    fast = {rule.code for rule in rules_of(FORMATS) if re.search(r"0[1-9]\d$", rule.code) and rule.cost == "fast"}
    assert {code for _, _, code in expected()} == fast
