"""The defects of secrets and of permissions in a cluster: Vault's annotations, mounted secrets, and roles.

`DEFECTS` has them by code: the file, its text without the defect, and one text of it that becomes another.
"""

from check.defects import becomes, both, write
from check.manifest_texts import APP, WORKLOAD, added, of, text

FILE = "deploy/kubernetes/prod/wishes.yaml"
PLAIN = "k8s/wishes.yaml"
ROLES = added(APP, text("role"))
PLAIN_JOB = text("plain-job")
LIMIT = '            - name: LIMIT\n              value: "100"\n'
TMP = "            - name: tmp\n              mountPath: /tmp\n"
TMP_VOLUME = "        - name: tmp\n          emptyDir: {sizeLimit: 64Mi}\n"
MOUNTED = (
    APP.replace(LIMIT, f"{LIMIT}            - name: KEY_FILE\n              value: /run/secrets/shop/KEY\n")
    .replace(TMP, f"{TMP}            - name: key\n              mountPath: /run/secrets/shop\n")
    .replace(TMP_VOLUME, f"{TMP_VOLUME}        - name: key\n          secret: {{secretName: wishes}}\n")
)
OPERATED = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: wishes
  namespace: shop
spec:
  secretStoreRef: {name: store, kind: ClusterSecretStore}
  data:
    - secretKey: KEY
      remoteRef: {key: shop/prod/wishes, property: KEY}
"""
AGENT = "        vault.hashicorp.com/"
ANNOTATED = f"""      annotations:
{AGENT}agent-inject: "true"
{AGENT}role: shop
{AGENT}agent-inject-secret-key: kv/data/shop/wishes
"""
TEMPLATE = f"""{AGENT}agent-inject-template-key: |
          {{{{ with secret "kv/data/shop/fill" }}}}{{{{ .Data.data.key }}}}{{{{ end }}}}
"""
DESIRED = """          env:
            - name: DESIRED
              value: '{"role": "shop", "accounts": {"wishes": "shop-wishes"},
                "policies": {"shop-wishes": "path \\"kv/data/shop/wishes\\" {}"}}'
"""
BEFORE_SECURITY = "          securityContext:\n            allow"
INJECTED = added(
    APP.replace("  template:\n    metadata:\n", f"  template:\n    metadata:\n{ANNOTATED}"),
    of("vault-role", "account", "job", "policy").replace(BEFORE_SECURITY, DESIRED + BEFORE_SECURITY),
)
TEMPLATED = PLAIN_JOB.replace("    spec:\n      service", f"{TEMPLATE}    spec:\n      service")
TOKENED = PLAIN_JOB.replace(
    "    spec:\n      service", f"{AGENT}agent-service-account-token-volume-name: token\n    spec:\n      service"
).replace(
    "      restartPolicy: Never\n",
    "      restartPolicy: Never\n      volumes:\n        - {name: token, projected: {sources: []}}\n",
)
AUDIENCE = "{projected: {sources: [{serviceAccountToken: {path: token, audience: vault}}]}, name: token}"
HELD = (
    INJECTED.replace(f"{AGENT}role", f"{AGENT}agent-service-account-token-volume-name: token\n{AGENT}role")
    .replace(TMP_VOLUME, f"{TMP_VOLUME}        - {AUDIENCE}\n", 1)
    .replace('{"role": "shop",', '{"role": "shop", "audience": "vault",')
)
OPERATED_ALONE = added(MOUNTED, OPERATED, of("stock", *WORKLOAD))
WRITTEN = 'path "kv/data/shop/%s" {\n  capabilities = ["read"]\n}\n'

DEFECTS = {
    "KUBERNETES071": (PLAIN, PLAIN_JOB, "kv/data/shop/fill", "kv/shop/fill"),
    "KUBERNETES072": (PLAIN, PLAIN_JOB, f'{AGENT}agent-pre-populate-only: "true"\n', ""),
    "KUBERNETES073": (PLAIN, PLAIN_JOB, f"{AGENT}role: shop\n", ""),
    "KUBERNETES074": (PLAIN, TEMPLATED, 'secret "kv/data/shop/fill"', 'secret "kv/data/shop/full"'),
    "KUBERNETES075": (FILE, INJECTED, '{"wishes": "shop-wishes"}', '{"stock": "shop-wishes"}'),
    "KUBERNETES076": (FILE, INJECTED, 'path \\"kv/data/shop/wishes', 'path \\"kv/data/shop/stock'),
    "KUBERNETES094": (FILE, ROLES, "verbs: [list]", 'verbs: ["*"]'),
    "KUBERNETES095": (FILE, ROLES, "    resourceNames: [pull-secret]\n", ""),
    "KUBERNETES096": (PLAIN, text("plain-binding"), "Role\n  name: operator", "Role\n  name: cluster-admin"),
    "KUBERNETES097": (FILE, ROLES, "kind: Role\n  name: wishes", "kind: Role\n  name: wish"),
    "KUBERNETES098": (FILE, ROLES, "[pods]\n    verbs: [list]", "[pods/exec]\n    verbs: [create]"),
    "KUBERNETES105": (FILE, MOUNTED, "{secretName: wishes}", "{secretName: wishes, defaultMode: 440}"),
    "KUBERNETES107": (FILE, MOUNTED, "mountPath: /run/secrets/shop", "mountPath: /run/secrets/wishes"),
    "KUBERNETES108": (FILE, added(MOUNTED, OPERATED), "- secretKey: KEY", "- secretKey: TOKEN"),
    "KUBERNETES112": (FILE, ROLES, "ServiceAccount\n    name: wishes", "ServiceAccount\n    name: default"),
    "KUBERNETES117": (PLAIN, TEMPLATED, ".Data.data.key", ".Data.key"),
    "KUBERNETES118": (PLAIN, TOKENED, "volume-name: token", "volume-name: vault-token"),
    "KUBERNETES121": (FILE, ROLES, "    name: wishes\n    namespace: shop", "    name: wishes\n    namespace: shops"),
    "KUBERNETES124": (FILE, HELD, "path: token, audience: vault", "path: token, audience: vaults"),
    "KUBERNETES126": (FILE, OPERATED_ALONE, "key: shop/prod/wishes", "key: shop/prod/stock"),
}
PLANTED = {code: becomes(*defect) for code, defect in DEFECTS.items()}
PLANTED["KUBERNETES125"] = both(
    write(FILE, INJECTED), write("deploy/kubernetes/prod/vault/wishes.hcl", WRITTEN % "stock")
)
