"""The defects of what runs in a cluster, each planted into manifests that have none.

`DEFECTS` has them by code: the file, its text without the defect, and one text of it that becomes another.
"""

from check.defects import Spoil, both, change, write
from check.manifest_texts import APART, APP, JOB, WORKLOAD, added, of, text

FILE = "deploy/kubernetes/prod/wishes.yaml"
PLAIN = "k8s/wishes.yaml"
BACKEND = "backend.py"

SCALED = added(APP.replace("  replicas: 2\n", ""), text("scaler"))
ROUTED = added(APP, text("route"))
CALLING = added(
    APP.replace(
        '- name: LIMIT\n              value: "100"', "- name: STOCK_SERVICE_URL\n              value: http://stock"
    ),
    of("stock", *WORKLOAD),
)
ROLES = added(APP, text("role"))
SYNCED = added(text("project"), text("application"))
CLAIMED = added(SYNCED, text("claim"))
SYNCED_JOB = added(JOB, SYNCED)
PLAIN_SCALED = added(text("plain"), text("scaler"))
PLAIN_JOB = text("plain-job")
PLAIN_CALLED = added(PLAIN_JOB, text("plain"), text("plain-service"))
SCHEDULED = of("sweep", "account", "scheduled", "policy")

SERVICE, BUDGET = of("wishes", "service"), of("wishes", "budget")
OLD_BUDGET, OLD_POLICY = of("old", "budget"), of("old", "policy")
LONG = "wishes-and-everything-that-somebody-once-wished-for-and-never-got-at-all"
SELECTOR = "      app: wishes\n  strategy:"
VERSION = '      app: wishes\n      app.kubernetes.io/version: "7"\n  strategy:'
PRIVILEGES = "allowPrivilegeEscalation: false\n"
SECCOMP = "        seccompProfile:\n          type: RuntimeDefault\n"
REQUESTS = "requests: {cpu: 100m, memory: 64Mi}"
READY = "          readinessProbe:\n            httpGet: {path: /readyz, port: http}\n"
LIVE = "          livenessProbe:\n            httpGet: {path: /livez, port: http}\n"
CALLER = "        - podSelector:\n            matchLabels:\n              app: edge\n"
CALLER_PORT = "app: edge\n      ports:\n        - port: 80"

PORTS = "          ports:\n            - name"
CONFIGURED = added(
    APP.replace(PORTS, f"          envFrom:\n            - configMapRef: {{name: wishes}}\n{PORTS}"), text("config")
)

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
ACCOUNT = "kind: ServiceAccount\nmetadata:\n  name: wishes\n  namespace: shop\n"
EARLY = APP.replace(ACCOUNT, f'{ACCOUNT}  annotations:\n    argocd.argoproj.io/sync-wave: "-1"\n')
SECOND = text("scaler").replace("  name: wishes\n", "  name: wishes-by-memory\n", 1)
NAMED = added(of("wishes", "namespace", *WORKLOAD), of("orders", *WORKLOAD))
for name in ("wishes", "orders"):
    pod = f"        app: {name}\n        app.kubernetes.io/version"
    NAMED = NAMED.replace(pod, f"        tier: web\n        app.kubernetes.io/name: {name}\n{pod}")
NAMED = NAMED.replace("  selector:\n    app: wishes\n", "  selector:\n    app: wishes\n    tier: web\n")

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

HOOK = "    argocd.argoproj.io/hook: Sync\n"
DELETED = "    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation\n"
FINALIZERS = "  finalizers:\n    - resources-finalizer.argocd.argoproj.io\n"
SPARED = "  annotations:\n    argocd.argoproj.io/sync-options: Prune=false,Delete=false\n"
REPOSITORY = "- https://git.example.com/shop/backend.git\n  destinations"
SPREAD = APP.replace(
    "      automount",
    "      topologySpreadConstraints:\n        - {maxSkew: 1, topologyKey: kubernetes.io/hostname, "
    "whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: wishes}}}\n      automount",
)
TOKENED = PLAIN_JOB.replace(
    "    spec:\n      service", f"{AGENT}agent-service-account-token-volume-name: token\n    spec:\n      service"
).replace(
    "      restartPolicy: Never\n",
    "      restartPolicy: Never\n      volumes:\n        - {name: token, projected: {sources: []}}\n",
)
IGNORING = "  ignoreDifferences:\n    - {group: apps, kind: Deployment, jsonPointers: [/spec/template]}\n"

POLICY = APP[APP.index("  policyTypes:") :]
INWARD = POLICY[: POLICY.index("  egress:")].replace("[Ingress, Egress]", "[Ingress]")
POLICED = added(text("plain"), of("wishes", "policy"))
APARTNESS = APP.replace(
    "      automount",
    "      affinity:\n        podAntiAffinity:\n          requiredDuringSchedulingIgnoredDuringExecution:\n"
    "            - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: wishes}}}\n      automount",
)
AUDIENCE = "{projected: {sources: [{serviceAccountToken: {path: token, audience: vault}}]}, name: token}"
HELD = (
    INJECTED.replace(f"{AGENT}role", f"{AGENT}agent-service-account-token-volume-name: token\n{AGENT}role")
    .replace(TMP_VOLUME, f"{TMP_VOLUME}        - {AUDIENCE}\n", 1)
    .replace('{"role": "shop",', '{"role": "shop", "audience": "vault",')
)
WRITTEN = 'path "kv/data/shop/%s" {\n  capabilities = ["read"]\n}\n'
OPERATED_ALONE = added(MOUNTED, OPERATED, of("stock", *WORKLOAD))
MONITORED = APP.replace(
    CALLER,
    "        - {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: metrics}},\n"
    "           podSelector: {matchLabels: {app: collector}}}\n",
)
SPLIT = ("metrics}},\n           podSelector", "metrics}}}\n        - {podSelector")
LISTENING = APP.replace('- name: LIMIT\n              value: "100"', '- name: PORT\n              value: "8000"')
MEASURED = SCALED.replace(
    "type: Resource\n      resource:\n        name: cpu",
    "type: ContainerResource\n      containerResource:\n        container: wishes\n        name: cpu",
)
MIGRATION = of("wishes-migrate", "account", "job", "policy")
MIGRATED = added(APP, MIGRATION)
FRONTED = added(
    of("edge", *WORKLOAD, caller="wishes"),
    ROUTED.replace("- name: wishes\n          port", "- name: edge\n          port"),
)

DEFECTS = {
    "KUBERNETES020": (FILE, APP, "policy/v1\n", "policy/v1beta1\n"),
    "KUBERNETES021": (FILE, APP, BUDGET, added(SERVICE, BUDGET)),
    "KUBERNETES022": (FILE, APP, 'value: "100"', "value: 100"),
    "KUBERNETES023": (FILE, APP, 'sync-wave: "2"', "sync-wave: 2"),
    "KUBERNETES024": (FILE, APP, "part-of: shop", f"part-of: {LONG}"),
    "KUBERNETES025": (FILE, APP, SELECTOR, SELECTOR.replace("wishes", "wish")),
    "KUBERNETES026": (FILE, APP, SELECTOR, VERSION),
    "KUBERNETES027": (FILE, APP, "containerPort: 8000", 'containerPort: "8000"'),
    "KUBERNETES028": (FILE, APP, "- name: tmp\n              mount", "- name: temp\n              mount"),
    "KUBERNETES029": (FILE, APP, PRIVILEGES, f"{PRIVILEGES}            privileged: true\n"),
    "KUBERNETES030": (FILE, APP, "      automount", "      hostPID: true\n      automount"),
    "KUBERNETES031": (FILE, APP, "emptyDir: {sizeLimit: 64Mi}", "hostPath: {path: /var/log}"),
    "KUBERNETES032": (FILE, APP, "drop: [ALL]\n", "drop: [ALL]\n              add: [SYS_PTRACE]\n"),
    "KUBERNETES033": (FILE, APP, "runAsUser: 10001", "runAsUser: 0"),
    "KUBERNETES034": (FILE, APP, f"            {PRIVILEGES}", ""),
    "KUBERNETES035": (FILE, APP, SECCOMP, ""),
    "KUBERNETES036": (FILE, APP, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
    "KUBERNETES037": (FILE, APP, "enforce: restricted", "enforce: privileged"),
    "KUBERNETES038": (FILE, APP, "      automountServiceAccountToken: false\n", ""),
    "KUBERNETES039": (FILE, APP, "serviceAccountName: wishes", "serviceAccountName: default"),
    "KUBERNETES040": (FILE, APP, "serviceAccountName: wishes", "serviceAccountName: wish"),
    "KUBERNETES041": (FILE, APP, REQUESTS, "requests: {memory: 64Mi}"),
    "KUBERNETES042": (FILE, APP, "            limits: {memory: 64Mi}\n", ""),
    "KUBERNETES043": (FILE, APP, REQUESTS, "requests: {cpu: 100m, memory: 128Mi}"),
    "KUBERNETES044": (FILE, APP, "emptyDir: {sizeLimit: 64Mi}", "emptyDir: {}"),
    "KUBERNETES045": (FILE, APP, READY, ""),
    "KUBERNETES046": (FILE, APP, LIVE, ""),
    "KUBERNETES047": (FILE, APP, "/livez", "/readyz"),
    "KUBERNETES048": (FILE, APP, "/livez, port: http", "/livez, port: web"),
    "KUBERNETES049": (FILE, APP, "GracePeriodSeconds: 30", "GracePeriodSeconds: 5"),
    "KUBERNETES050": (FILE, APP, "maxUnavailable: 0", 'maxUnavailable: "100%"'),
    "KUBERNETES051": (FILE, SCALED, "  strategy:", "  replicas: 2\n  strategy:"),
    "KUBERNETES052": (FILE, SCALED, "    name: wishes\n  minReplicas", "    name: wish\n  minReplicas"),
    "KUBERNETES053": (FILE, SCALED, "maxReplicas: 6", "maxReplicas: 1"),
    "KUBERNETES054": (FILE, SCALED, "minReplicas: 2", "minReplicas: 1"),
    "KUBERNETES055": (PLAIN, PLAIN_SCALED, "requests: {cpu: 100m}", "requests: {memory: 64Mi}"),
    "KUBERNETES056": (FILE, APP, "  maxUnavailable: 1\n", "  maxUnavailable: 0\n"),
    "KUBERNETES057": (FILE, APP, BUDGET, text("config")),
    "KUBERNETES058": (FILE, APP, BUDGET, added(BUDGET, OLD_BUDGET)),
    "KUBERNETES059": (FILE, APP, "  selector:\n    app: wishes\n", "  selector:\n    app: wish\n"),
    "KUBERNETES060": (FILE, APP, "targetPort: http", "targetPort: web"),
    "KUBERNETES061": (FILE, ROUTED, "- name: wishes\n          port: 80", "- name: wishes\n          port: 8000"),
    "KUBERNETES062": (FILE, APP, "type: ClusterIP", "type: NodePort"),
    "KUBERNETES063": (FILE, CONFIGURED, "configMapRef: {name: wishes}", "configMapRef: {name: wish}"),
    "KUBERNETES064": (FILE, APP, POLICY, INWARD),
    "KUBERNETES065": (FILE, APP, "{port: 53, protocol: UDP}", "{port: 5353, protocol: UDP}"),
    "KUBERNETES066": (FILE, APP, BUDGET, added(BUDGET, OLD_POLICY)),
    "KUBERNETES067": (FILE, APP, CALLER, "        - namespaceSelector: {}\n"),
    "KUBERNETES068": (FILE, APP, f"{CALLER_PORT}00", CALLER_PORT),
    "KUBERNETES071": (PLAIN, PLAIN_JOB, "kv/data/shop/fill", "kv/shop/fill"),
    "KUBERNETES072": (PLAIN, PLAIN_JOB, f'{AGENT}agent-pre-populate-only: "true"\n', ""),
    "KUBERNETES073": (PLAIN, PLAIN_JOB, f"{AGENT}role: shop\n", ""),
    "KUBERNETES074": (PLAIN, TEMPLATED, 'secret "kv/data/shop/fill"', 'secret "kv/data/shop/full"'),
    "KUBERNETES075": (FILE, INJECTED, '{"wishes": "shop-wishes"}', '{"stock": "shop-wishes"}'),
    "KUBERNETES076": (FILE, INJECTED, 'path \\"kv/data/shop/wishes', 'path \\"kv/data/shop/stock'),
    "KUBERNETES077": (FILE, JOB, "  activeDeadlineSeconds: 600\n", ""),
    "KUBERNETES078": (PLAIN, PLAIN_JOB, "restartPolicy: Never", "restartPolicy: Always"),
    "KUBERNETES079": (PLAIN, text("plain-scheduled"), '"15 3 * * *"', '"0 15 3 * * *"'),
    "KUBERNETES080": (FILE, SCHEDULED, "concurrencyPolicy: Forbid", "concurrencyPolicy: Allow"),
    "KUBERNETES081": (PLAIN, PLAIN_JOB, "hook: Sync", "hook: OnSync"),
    "KUBERNETES082": (FILE, JOB, DELETED, ""),
    "KUBERNETES083": (PLAIN, added(PLAIN_JOB, text("plain-account")), "hook: Sync", "hook: PreSync"),
    "KUBERNETES084": (FILE, SYNCED_JOB, f"{HOOK}{DELETED}", ""),
    "KUBERNETES085": (FILE, APP, 'sync-wave: "2"', 'sync-wave: "second"'),
    "KUBERNETES086": (PLAIN, PLAIN_CALLED, 'sync-wave: "3"', 'sync-wave: "1"'),
    "KUBERNETES087": (FILE, SYNCED, "project: shop-prod", "project: default"),
    "KUBERNETES088": (FILE, SYNCED, FINALIZERS, ""),
    "KUBERNETES089": (FILE, SYNCED, "allowEmpty: false", "allowEmpty: true"),
    "KUBERNETES090": (FILE, CLAIMED, SPARED, ""),
    "KUBERNETES091": (FILE, SYNCED, "path: deploy/kubernetes/prod", "path: deploy/kubernetes/production"),
    "KUBERNETES092": (FILE, CLAIMED, '    - {group: "", kind: PersistentVolumeClaim}\n', ""),
    "KUBERNETES093": (FILE, SYNCED, REPOSITORY, '- "*"\n  destinations'),
    "KUBERNETES094": (FILE, ROLES, "verbs: [list]", 'verbs: ["*"]'),
    "KUBERNETES095": (FILE, ROLES, "    resourceNames: [pull-secret]\n", ""),
    "KUBERNETES096": (PLAIN, text("plain-binding"), "Role\n  name: operator", "Role\n  name: cluster-admin"),
    "KUBERNETES097": (FILE, ROLES, "kind: Role\n  name: wishes", "kind: Role\n  name: wish"),
    "KUBERNETES098": (FILE, ROLES, "[pods]\n    verbs: [list]", "[pods/exec]\n    verbs: [create]"),
    "KUBERNETES099": (FILE, CALLING, "value: http://stock\n", "value: http://stock:8000\n"),
    "KUBERNETES103": (FILE, APP, "{port: 53, protocol: TCP}", "{port: 53, protocol: tcp}"),
    "KUBERNETES104": (FILE, APP, f"          env:\n{LIMIT}", f"          env:\n{LIMIT}{LIMIT}"),
    "KUBERNETES105": (FILE, MOUNTED, "{secretName: wishes}", "{secretName: wishes, defaultMode: 440}"),
    "KUBERNETES106": (FILE, ROUTED, "    - backendRefs:", "    - timeouts: {request: 120000ms}\n      backendRefs:"),
    "KUBERNETES107": (FILE, MOUNTED, "mountPath: /run/secrets/shop", "mountPath: /run/secrets/wishes"),
    "KUBERNETES108": (FILE, added(MOUNTED, OPERATED), "- secretKey: KEY", "- secretKey: TOKEN"),
    "KUBERNETES109": (FILE, APP, "limits: {memory: 64Mi}", "limits: {memory: 64Mi, cpu: 500}"),
    "KUBERNETES110": (FILE, EARLY, 'sync-wave: "-1"', 'sync-wave: "3"'),
    "KUBERNETES111": (FILE, SCALED, "---\napiVersion: autoscaling/v2", f"---\n{SECOND}---\napiVersion: autoscaling/v2"),
    "KUBERNETES112": (FILE, ROLES, "ServiceAccount\n    name: wishes", "ServiceAccount\n    name: default"),
    "KUBERNETES113": (FILE, NAMED, "    app: wishes\n    tier: web\n", "    tier: web\n"),
    "KUBERNETES115": (FILE, SPREAD, "{matchLabels: {app: wishes}}", "{matchLabels: {app: orders}}"),
    "KUBERNETES116": (FILE, APP, "maxSurge: 1", "maxSurge: 0"),
    "KUBERNETES117": (PLAIN, TEMPLATED, ".Data.data.key", ".Data.key"),
    "KUBERNETES118": (PLAIN, TOKENED, "volume-name: token", "volume-name: vault-token"),
    "KUBERNETES119": (FILE, SYNCED, "  project: shop-prod\n", "  project: shop-production\n"),
    "KUBERNETES120": (FILE, SYNCED, "  syncPolicy:\n", f"{IGNORING}  syncPolicy:\n"),
    "KUBERNETES121": (FILE, ROLES, "    name: wishes\n    namespace: shop", "    name: wishes\n    namespace: shops"),
    "KUBERNETES122": (FILE, APARTNESS, "{matchLabels: {app: wishes}}", "{matchLabels: {app: wish}}"),
    "KUBERNETES123": (FILE, APARTNESS, "topologyKey: kubernetes.io/hostname", "topologyKey: kubernetes.io/host"),
    "KUBERNETES124": (FILE, HELD, "path: token, audience: vault", "path: token, audience: vaults"),
    "KUBERNETES126": (FILE, OPERATED_ALONE, "key: shop/prod/wishes", "key: shop/prod/stock"),
    "KUBERNETES127": (PLAIN, POLICED, "policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]"),
    "KUBERNETES128": (FILE, MONITORED, *SPLIT),
    "KUBERNETES129": (FILE, APP, "metadata.name: kube-system", "metadata.name: kube-sytem"),
    "KUBERNETES130": (FILE, APP, "        - {port: 53, protocol: TCP}\n", ""),
    "KUBERNETES131": (FILE, APP, "/readyz", "/ready"),
    "KUBERNETES132": (FILE, LISTENING, 'value: "8000"', 'value: "8080"'),
    "KUBERNETES133": (FILE, JOB, "activeDeadlineSeconds: 600", "activeDeadlineSeconds: 0"),
    "KUBERNETES134": (FILE, MEASURED, "container: wishes", "container: wish"),
    "KUBERNETES135": (FILE, MIGRATED, 'sync-wave: "1"', 'sync-wave: "3"'),
    "KUBERNETES136": (FILE, FRONTED, "- name: edge\n          port: 80", "- name: wishes\n          port: 80"),
    "KUBERNETES114": (FILE, APP, BUDGET, added(BUDGET, BUDGET.replace("  name: wishes\n", "  name: wishes-too\n", 1))),
}

# Two that call each other as the description says, in an environment that runs in a cluster.
PAIR = of("wishes", "namespace", *WORKLOAD, caller="search", callee="search") + APART
PAIR += of("search", "account", "deployment", "budget", "policy", caller="edge", callee="wishes")
FROM_SEARCH = f"  ingress:\n    - from:\n{CALLER}".replace("edge", "search")
CALLS = {
    "KUBERNETES069": ("deploy/kubernetes/dev/shop.yaml", PAIR, "app: edge\n", "app: wishes\n"),
    "KUBERNETES070": ("deploy/kubernetes/dev/shop.yaml", PAIR, FROM_SEARCH, FROM_SEARCH.replace("search", "searching")),
}


def _planted(file: str, before: str, text: str, instead: str) -> Spoil:
    return both(write(file, before), change(file, text, instead))


def _in_cluster(spoil: Spoil) -> Spoil:
    """Let the environment of the manifests run in a cluster."""
    return both(
        change(BACKEND, "import Backend, Clerk, Environment,", "import Backend, Clerk, Environment, Kubernetes,"),
        change(BACKEND, '{stock: {"STOCK_LIMIT": 5}}', '{stock: {"STOCK_LIMIT": 5}}, kubernetes=Kubernetes("shop")'),
        spoil,
    )


PLANTED = {code: _planted(*defect) for code, defect in DEFECTS.items()}
PLANTED |= {code: _in_cluster(_planted(*defect)) for code, defect in CALLS.items()}

PLANTED["KUBERNETES125"] = both(
    write(FILE, INJECTED), write("deploy/kubernetes/prod/vault/wishes.hcl", WRITTEN % "stock")
)


def _described(given: str) -> Spoil:
    """Say something else of the cluster."""
    return _in_cluster(
        both(write("deploy/kubernetes/dev/shop.yaml", PAIR), change(BACKEND, '("shop")', f'("shop", {given})'))
    )


PLANTED |= {
    "KUBERNETES101": _described('monitoring="Monitoring Stack"'),
    "KUBERNETES102": _described('values={"STOCK_LIMITS": 7}'),
}
