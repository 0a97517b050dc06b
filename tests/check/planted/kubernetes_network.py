"""The defects of who reaches whom in a cluster: Services, routes and policies.

`DEFECTS` has them by code: the file, its text without the defect, and one text of it that becomes another.
"""

from check.defects import becomes
from check.manifest_texts import APP, WORKLOAD, added, of, text

FILE = "deploy/kubernetes/prod/wishes.yaml"
PLAIN = "k8s/wishes.yaml"
ROUTED = added(APP, text("route"))
CALLING = added(
    APP.replace(
        '- name: LIMIT\n              value: "100"', "- name: STOCK_SERVICE_URL\n              value: http://stock"
    ),
    of("stock", *WORKLOAD),
)
BUDGET = of("wishes", "budget")
OLD_POLICY = of("old", "policy")
CALLER = "        - podSelector:\n            matchLabels:\n              app: edge\n"
CALLER_PORT = "app: edge\n      ports:\n        - port: 80"
PORTS = "          ports:\n            - name"
CONFIGURED = added(
    APP.replace(PORTS, f"          envFrom:\n            - configMapRef: {{name: wishes}}\n{PORTS}"), text("config")
)
NAMED = added(of("wishes", "namespace", *WORKLOAD), of("orders", *WORKLOAD))
for name in ("wishes", "orders"):
    pod = f"        app: {name}\n        app.kubernetes.io/version"
    NAMED = NAMED.replace(pod, f"        tier: web\n        app.kubernetes.io/name: {name}\n{pod}")
NAMED = NAMED.replace("  selector:\n    app: wishes\n", "  selector:\n    app: wishes\n    tier: web\n")
POLICY = APP[APP.index("  policyTypes:") :]
INWARD = POLICY[: POLICY.index("  egress:")].replace("[Ingress, Egress]", "[Ingress]")
POLICED = added(text("plain"), of("wishes", "policy"))
MONITORED = APP.replace(
    CALLER,
    "        - {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: metrics}},\n"
    "           podSelector: {matchLabels: {app: collector}}}\n",
)
SPLIT = ("metrics}},\n           podSelector", "metrics}}}\n        - {podSelector")
FRONTED = added(
    of("edge", *WORKLOAD, caller="wishes"),
    ROUTED.replace("- name: wishes\n          port", "- name: edge\n          port"),
)

DEFECTS = {
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
    "KUBERNETES099": (FILE, CALLING, "value: http://stock\n", "value: http://stock:8000\n"),
    "KUBERNETES103": (FILE, APP, "{port: 53, protocol: TCP}", "{port: 53, protocol: tcp}"),
    "KUBERNETES106": (FILE, ROUTED, "    - backendRefs:", "    - timeouts: {request: 120000ms}\n      backendRefs:"),
    "KUBERNETES113": (FILE, NAMED, "    app: wishes\n    tier: web\n", "    tier: web\n"),
    "KUBERNETES127": (PLAIN, POLICED, "policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]"),
    "KUBERNETES128": (FILE, MONITORED, *SPLIT),
    "KUBERNETES129": (FILE, APP, "metadata.name: kube-system", "metadata.name: kube-sytem"),
    "KUBERNETES130": (FILE, APP, "        - {port: 53, protocol: TCP}\n", ""),
    "KUBERNETES136": (FILE, FRONTED, "- name: edge\n          port: 80", "- name: wishes\n          port: 80"),
}

PLANTED = {code: becomes(*defect) for code, defect in DEFECTS.items()}
