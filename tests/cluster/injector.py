"""Vault and its injector on a node: OpenBao in a Pod, and the injector's part, a mutating webhook, in another."""

import base64
import json
import sys

from cluster.certificates import Authority
from cluster.infrastructure import pod, service
from cluster.vault_server import ROOT, trusted
from stead.render.kubernetes import secret
from stead.render.kubernetes import vault as rendered

VAULT, INJECTOR = "10.96.9.2", "10.96.9.3"
ADDRESS = "http://vault.vault.svc:8200"
API_SERVER = "https://10.200.0.2:16443"
OPENBAO = '''\
"""OpenBao, unsealed, in memory."""

import os

words = ["server", "-dev", "-dev-root-token-id=ROOT", "-dev-listen-address=0.0.0.0:8200", "-dev-no-store-token"]
os.execv("/usr/local/bin/bao", ["bao", *words])
'''.replace("ROOT", ROOT)
WEBHOOK = '''\
"""The injector's part: a Pod whose annotations ask for it gets a container that logs in, and writes the files.

Annotations as the injector's documentation has them; the agent that would stay beside the program is left out.
"""

import base64
import json
import os
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "vault.hashicorp.com/"
SECRETS, HOME, TOKEN = "/vault/secrets", "/home/vault", "/var/run/secrets/vault.hashicorp.com/serviceaccount"
START = "echo ${VAULT_CONFIG} | base64 -d > /home/vault/config.json && exec bao agent -config=/home/vault/config.json"


def configuration(told):
    names = [key.removeprefix("agent-inject-secret-") for key in told if key.startswith("agent-inject-secret-")]
    login = {"role": told["role"], "token_path": f"{TOKEN}/token"}
    return {
        "exit_after_auth": True,
        "vault": {"address": os.environ["VAULT_ADDR"]},
        "auto_auth": {"method": [{"type": "kubernetes", "mount_path": told["auth-path"], "config": login}]},
        "template_config": {"exit_on_retry_failure": True},
        "template": [template(told, name) for name in names],
    }


def template(told, name):
    return {
        "contents": told[f"agent-inject-template-{name}"],
        "destination": f"{SECRETS}/{told[f'agent-inject-file-{name}']}",
        "perms": told[f"agent-inject-perms-{name}"],
        "error_on_missing_key": told[f"error-on-missing-key-{name}"] == "true",
    }


def agent(told, pod):
    encoded = base64.b64encode(json.dumps(configuration(told)).encode()).decode()
    return {
        "name": "vault-agent-init",
        "image": os.environ["IMAGE"],
        "command": ["/bin/sh", "-ec"],
        "args": [START],
        "env": [{"name": "VAULT_CONFIG", "value": encoded}, {"name": "HOME", "value": HOME}],
        "volumeMounts": [
            {"name": "home-init", "mountPath": HOME},
            {"name": "vault-secrets", "mountPath": SECRETS},
            {"name": told["agent-service-account-token-volume-name"], "mountPath": TOKEN, "readOnly": True},
        ],
        "securityContext": {
            "runAsUser": pod["securityContext"]["runAsUser"],
            "runAsNonRoot": True,
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def patches(pod):
    told = {key.removeprefix(PREFIX): value for key, value in pod["metadata"].get("annotations", {}).items()}
    if told.get("agent-inject") != "true":
        return []
    spec = pod["spec"]
    volumes = [{"name": name, "emptyDir": {"medium": "Memory"}} for name in ("home-init", "vault-secrets")]
    mount = {"name": "vault-secrets", "mountPath": SECRETS}
    changed = {
        kind: [each | {"volumeMounts": [*each.get("volumeMounts", []), mount]} for each in spec.get(kind, [])]
        for kind in ("containers", "initContainers")
    }
    changed["initContainers"].insert(0, agent(told, spec))
    changed["volumes"] = [*spec.get("volumes", []), *volumes]
    return [{"op": "add", "path": f"/spec/{key}", "value": value} for key, value in changed.items()]


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = patches(review["request"]["object"])
        response = {"uid": review["request"]["uid"], "allowed": True}
        if found:
            patch = base64.b64encode(json.dumps(found).encode()).decode()
            response |= {"patchType": "JSONPatch", "patch": patch}
        answer = {"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": response}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("0.0.0.0", 8443), Webhook)
trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
trust.load_cert_chain("/secret/tls.crt", "/secret/tls.key")
server.socket = trust.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
'''
REQUESTS = f"""
import json, sys, urllib.request
for method, path, body in json.load(sys.stdin):
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request("http://{VAULT}:8200" + path, data, {{"X-Vault-Token": "{ROOT}"}}, method=method)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        print(answer.read().decode())
"""


class VaultOnNode:
    """OpenBao and the webhook on the node of a backend that is shipped."""

    def __init__(self, shipped) -> None:
        self._shipped, self.node = shipped, shipped.node

    def start(self, folder):
        """Bring both up; the API server calls the webhook from then on, and OpenBao asks it about accounts."""
        image = f"docker.io/{self._shipped.image}"
        self.node.kubectl("create", "namespace", "vault")
        self._shipped.until_there("serviceaccount", "default", "vault")
        self._shipped.apply([*openbao(image), *injector(image, folder)])
        for name in ("vault", "injector"):
            self._shipped.until_ready(name, "vault")
        self._shipped.apply([webhook(folder)])
        self._trust()

    def ask(self, *requests):
        """Ask as the administrator, from inside of the node."""
        return self.node.run(sys.executable, "-P", "-c", REQUESTS, text=json.dumps(requests)).stdout

    def fill(self, values, more=()):
        """Write every document of the environment: `values` by Secret and key, as a person would type them."""
        context = self._shipped.context
        source, documents = context.cluster.secrets, dict(more)
        for each in secret.every(context):
            text = values[secret.secret_name(each.process)].get(each.key)
            if text is not None:
                document, key = secret.document_of(source, each)
                documents.setdefault(document, {})[key] = text
        self.ask(*(("POST", f"/v1/{name}", {"data": data}) for name, data in documents.items()))

    def admit_the_role_job(self):
        """Write what a person writes once: the role, and its policy, of the Job that keeps the other one."""
        context = self._shipped.context
        source = context.cluster.secrets
        role = {
            "bound_service_account_names": [rendered.ROLE_JOB],
            "bound_service_account_namespaces": [context.cluster.namespace],
            "audience": source.audience,
            "token_policies": ["role-admin"],
        }
        name = rendered.role_for(context, source, rendered.ROLE_JOB)
        self.ask(
            ("PUT", "/v1/sys/policies/acl/role-admin", {"policy": rendered.admin_policy(context, source)}),
            ("POST", f"/v1/auth/kubernetes/role/{name}", role),
        )

    def _trust(self):
        self.node.kubectl("create", "serviceaccount", "reviewer", "--namespace=kube-system")
        binding = ("create", "clusterrolebinding", "reviewer", "--clusterrole=system:auth-delegator")
        self.node.kubectl(*binding, "--serviceaccount=kube-system:reviewer")
        reviewer = self.node.kubectl("create", "token", "reviewer", "--namespace=kube-system").stdout.strip()
        certificate = (self.node.folder / "pki/ca.crt").read_text()
        self.ask(*trusted(API_SERVER, certificate, reviewer))


def openbao(image):
    labels = {"app": "vault"}
    made = pod("vault", "vault", labels, image, "test_openbao", [("HOME", "/tmp")], port=8200)
    made["spec"]["volumes"] = [{"name": "tmp", "emptyDir": {}}]
    made["spec"]["containers"][0]["volumeMounts"] = [{"name": "tmp", "mountPath": "/tmp"}]
    yield made
    yield service("vault", "vault", VAULT, 8200, 8200, labels)


def injector(image, folder):
    """Return the webhook's Pod, with a certificate of an authority of its own."""
    certificate, key = Authority(folder).certify("injector", "injector", hosts=(INJECTOR,))
    values = {"tls.crt": certificate.decode(), "tls.key": key.decode()}
    metadata = {"name": "injector", "namespace": "vault"}
    yield {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values}
    labels = {"app": "injector"}
    volumes = [{"name": "secret", "secret": {"secretName": "injector"}}]
    env = [("VAULT_ADDR", ADDRESS), ("IMAGE", image)]
    yield pod("injector", "vault", labels, image, "test_injector", env, volumes, [("secret", "/secret")], port=8443)
    yield service("injector", "vault", INJECTOR, 443, 8443, labels)


def webhook(folder):
    authority = base64.b64encode((folder / "ca.crt").read_bytes()).decode()
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "injector"},
        "webhooks": [
            {
                "name": "vault.hashicorp.com",
                "clientConfig": {"url": f"https://{INJECTOR}/mutate", "caBundle": authority},
                "admissionReviewVersions": ["v1"],
                "sideEffects": "None",
                "rules": [rule],
                "failurePolicy": "Fail",
                "namespaceSelector": {
                    "matchExpressions": [
                        {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system", "vault"]}
                    ]
                },
            }
        ],
    }
