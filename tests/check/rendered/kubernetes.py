"""Defects of what runs in a cluster: workloads, what leads to them, what scales them, and their Jobs."""

from check.rendered.defect import Defect

FOLDER = "kubernetes/prod"
REPO, GATEWAY, JOB = "arch-repo-service", "api-gateway", "hasura-sync-service"
PODS = "      containers:\n"
PROBE = """            periodSeconds: 5
            timeoutSeconds: 3
            successThreshold: 1
            failureThreshold: {}
"""
ASKED = "            httpGet:\n              path: {}\n              port: http\n              scheme: HTTP\n"
READY = f"          readinessProbe:\n{ASKED.format('/readyz')}{PROBE.format(2)}"
LIVE = f"          livenessProbe:\n{ASKED.format('/livez')}{PROBE.format(6)}"
RESOURCES = """          resources:
            limits:
              cpu: "500m"
              ephemeral-storage: "256Mi"
              memory: "256Mi"
            requests:
              cpu: "125m"
              ephemeral-storage: "64Mi"
              memory: "256Mi"
"""
LONG = "archpad-and-everything-that-belongs-to-it-in-each-environment-of-each-cluster"
HOOK = "    argocd.argoproj.io/hook: Sync\n"
DELETED = "    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation\n"
AGENT = "        vault.hashicorp.com/"
DOCUMENT = "kv/data/archpad/demo/backend/api-gateway"


def _of(process: str, kind: str):
    """Return what makes defects of one file of a process."""
    file = f"{FOLDER}/{process}/{process}.{kind}.yaml"
    return lambda before, after, found, within="": Defect(file, before, after, found, within, "archpad")


_pods, _gateway, _job = _of(REPO, "deployment"), _of(GATEWAY, "deployment"), _of(JOB, "job")
_scaler, _budget, _service = _of(REPO, "hpa"), _of(REPO, "pdb"), _of(REPO, "service")
_route, _role_job = _of(GATEWAY, "httproute"), _of("vault-role", "job")

SECURITY = {
    "a container that runs as root": _pods(
        "runAsUser: 10001", "runAsUser: 0", {"KUBERNETES033": "            runAsUser: 0"}, PODS
    ),
    "a container that is privileged": _pods(
        "privileged: false", "privileged: true", {"KUBERNETES029": "privileged: true"}, PODS
    ),
    "privileges that may be gained in a Pod": _pods(
        "Escalation: false", "Escalation: true", {"KUBERNETES034": "Escalation: true"}, PODS
    ),
    "capabilities that a Pod keeps": _pods("- ALL", "- NET_RAW", {"KUBERNETES034": "drop:"}, PODS),
    "a capability that is root in a Pod": _pods(
        "              drop:",
        "              add: [SYS_ADMIN]\n              drop:",
        {"KUBERNETES032": "SYS_ADMIN"},
        PODS,
    ),
    "files of a container that can be written": _pods(
        "Filesystem: true", "Filesystem: false", {"KUBERNETES036": "Filesystem: false"}, PODS
    ),
    "a Pod without a fence": _pods("RuntimeDefault", "Unconfined", {"KUBERNETES035": "seccompProfile:"}, "fsGroup:"),
    "a container without a fence": _pods("RuntimeDefault", "Unconfined", {"KUBERNETES035": "Unconfined"}, PODS),
    "the network of the node": _pods(PODS, f"      hostNetwork: true\n{PODS}", {"KUBERNETES030": "hostNetwork"}),
    "a path of the node": _pods(
        'emptyDir:\n            sizeLimit: "64Mi"', "hostPath: {path: /var/run}", {"KUBERNETES031": "hostPath"}
    ),
    "the default account": _pods(
        f"Name: {REPO}", "Name: default", {"KUBERNETES039": "Name: d", "KUBERNETES075": "Name: d"}, "serviceAccount"
    ),
    "an account that nothing makes": _pods(
        f"Name: {REPO}", "Name: arch", {"KUBERNETES040": "Name: a", "KUBERNETES075": "Name: a"}, "serviceAccount"
    ),
}
WORKLOADS = {
    "a container without resources": _pods(
        RESOURCES,
        "",
        dict.fromkeys(("KUBERNETES041", "KUBERNETES042", "KUBERNETES055"), f"- name: {REPO}"),
        "      containers:\n",
    ),
    "a Pod without a limit of memory": _pods(
        '              memory: "256Mi"\n            requests', "            requests", {"KUBERNETES042": "limits:"}
    ),
    "a request above its limit": _pods(
        'memory: "256Mi"\n          vol', 'memory: "512Mi"\n          vol', {"KUBERNETES043": 'memory: "512Mi"'}
    ),
    "a unit that is none": _pods(
        'memory: "256Mi"\n            re', 'memory: "256MB"\n            re', {"KUBERNETES043": '"256MB"'}
    ),
    "a volume without an end": _pods(
        'emptyDir:\n            sizeLimit: "64Mi"', "emptyDir: {}", {"KUBERNETES044": "emptyDir: {}"}
    ),
    "a container that is never ready": _pods(READY, "", {"KUBERNETES045": f"- name: {REPO}"}, PODS),
    "a container that hangs": _pods(LIVE, "", {"KUBERNETES046": f"- name: {REPO}"}, PODS),
    "a liveness that asks the database": _pods("/livez", "/readyz", {"KUBERNETES047": "/readyz"}, "livenessProbe"),
    "a probe at a name of nothing": _pods("port: http", "port: web", {"KUBERNETES048": "port: web"}, "readinessProbe"),
    "a probe at another port": _pods("port: http", "port: 8001", {"KUBERNETES048": "port: 8001"}, "livenessProbe"),
    "a grace that the hook takes": _pods("GracePeriodSeconds: 30", "GracePeriodSeconds: 5", {"KUBERNETES049": "Grace"}),
    "a rollout that ends all": _pods("type: RollingUpdate", "type: Recreate", {"KUBERNETES050": "type: Recreate"}),
    "a value that is a number": _gateway('value: "1"', "value: 1", {"KUBERNETES022": "value: 1\n"}),
    "a wave that is a number": _pods('sync-wave: "2"', "sync-wave: 2", {"KUBERNETES023": "sync-wave: 2"}),
    "a wave that is a word": _pods('sync-wave: "2"', 'sync-wave: "last"', {"KUBERNETES085": "sync-wave"}),
    "a selector of other Pods": _pods(f"name: {REPO}", "name: arch", {"KUBERNETES025": "name: arch\n"}, "matchLabels:"),
    "a selector by version": _pods(
        "\n  strategy:",
        "\n      app.kubernetes.io/version: unreleased\n  strategy:",
        {"KUBERNETES026": "version: unr"},
        "matchLabels:",
    ),
    "a port in quotes": _pods("containerPort: 8000", 'containerPort: "8000"', {"KUBERNETES027": "containerPort"}),
    "a mount of no volume": _pods("- name: tmp", "- name: temp", {"KUBERNETES028": "- name: temp"}, "volumeMounts"),
    "a port of the node": _pods(
        "containerPort: 8000", "containerPort: 8000\n              hostPort: 8000", {"KUBERNETES062": "hostPort"}
    ),
}
SCALES = {
    "replicas beside an autoscaler": _pods("spec:\n", "spec:\n  replicas: 3\n", {"KUBERNETES051": "replicas: 3"}),
    "an autoscaler of nothing": _scaler(f"name: {REPO}", "name: arch", {"KUBERNETES052": "name: arch\n"}, "TargetRef:"),
    "a most below the fewest": _scaler("maxReplicas: 4", "maxReplicas: 1", {"KUBERNETES053": "maxReplicas"}),
    "a single replica": _scaler("minReplicas: 2", "minReplicas: 1", {"KUBERNETES054": "minReplicas"}),
    "an autoscaler of an old version": _scaler(
        "autoscaling/v2\n", "autoscaling/v2beta2\n", {"KUBERNETES020": "v2beta2"}
    ),
    "a budget that lets none go": _budget(
        "maxUnavailable: 1", "maxUnavailable: 0", {"KUBERNETES056": "maxUnavailable"}
    ),
    "a budget that keeps all": _budget("maxUnavailable: 1", "minAvailable: 2", {"KUBERNETES056": "minAvailable"}),
    "a budget of nothing": _budget(
        f"name: {REPO}",
        "name: arch",
        {"KUBERNETES058": "matchLabels", "KUBERNETES057": f"{FOLDER}/{REPO}/{REPO}.deployment.yaml|name: {REPO}"},
        "matchLabels:",
    ),
    "a budget of an old version": _budget("policy/v1\n", "policy/v1beta1\n", {"KUBERNETES020": "v1beta1"}),
    "a label that is too long": _budget("part-of: archpad", f"part-of: {LONG}", {"KUBERNETES024": "part-of"}),
}
ROUTES = {
    "a Service of no Pod": _service(f"name: {REPO}", "name: arch", {"KUBERNETES059": "name: arch"}, "  selector:"),
    "a Service of no port": _service("targetPort: http", "targetPort: web", {"KUBERNETES060": "targetPort"}),
    "a Service that is open": _service("type: ClusterIP", "type: NodePort", {"KUBERNETES062": "NodePort"}),
    "a Service of another name": _of("tenant-service", "service")(
        "  name: tenant-service",
        f"  name: {REPO}",
        {
            "KUBERNETES021": f"  name: {REPO}",
            "KUBERNETES099 of the gateway": f"{FOLDER}/{GATEWAY}/{GATEWAY}.deployment.yaml|http://tenant-service",
            "KUBERNETES099 of a service": f"{FOLDER}/{REPO}/{REPO}.deployment.yaml|http://tenant-service",
        },
    ),
    "a gateway beside its route": _of(GATEWAY, "service")(
        "type: ClusterIP", "type: LoadBalancer", {"KUBERNETES062": "LoadB"}
    ),
    "an address of no Service": _gateway(
        "http://tenant-service:8000", "http://tenants:8000", {"KUBERNETES099": "http://tenants:8000"}
    ),
    "an address at another port": _gateway(
        "http://tenant-service:8000", "http://tenant-service", {"KUBERNETES099": "http://tenant-service\n"}
    ),
    "a route to no Service": _route("- name: api-gateway", "- name: gateway", {"KUBERNETES061": "- name: gateway"}),
    "a route to no port": _route("port: 8080", "port: 80", {"KUBERNETES061": "port: 80"}),
}
AGENTS = {
    "a document without its data": _gateway(
        f"SERVICE_JWT_SECRET: {DOCUMENT}",
        f"SERVICE_JWT_SECRET: {DOCUMENT.replace('data/', '')}",
        {
            "KUBERNETES071": "agent-inject-secret",
            "KUBERNETES074": "agent-inject-templ",
            "KUBERNETES076": "agent-inject-secret",
        },
    ),
    "a template of another document": _gateway(
        f'secret \\"{DOCUMENT}', f'secret \\"{DOCUMENT}s', {"KUBERNETES074": "agent-inject-templ"}
    ),
    "an agent without a role": _gateway(f"{AGENT}role: platform\n", "", {"KUBERNETES073": "agent-inject: "}),
    "an agent that keeps a Job": _job(
        f'{AGENT}agent-pre-populate-only: "true"\n', "", {"KUBERNETES072": "agent-inject: "}
    ),
    "a role without an account": _role_job(
        '\\"api-gateway\\":\\"archpad-prod-api-gateway\\",',
        "",
        {"KUBERNETES075": f"{FOLDER}/{GATEWAY}/{GATEWAY}.deployment.yaml|serviceAccountName"},
    ),
    "a policy of another document": _role_job(
        DOCUMENT,
        f"{DOCUMENT}s",
        {"KUBERNETES076": f"{FOLDER}/{GATEWAY}/{GATEWAY}.deployment.yaml|{AGENT}agent-inject-secret"},
    ),
}
JOBS = {
    "a Job that is tried for ever": _job("  backoffLimit: 3\n", "", {"KUBERNETES077": f"name: {JOB}"}),
    "a Job without a deadline": _job("  activeDeadlineSeconds: 600\n", "", {"KUBERNETES077": f"name: {JOB}"}),
    "a Job that is restarted": _job(
        "restartPolicy: Never", "restartPolicy: Always", {"KUBERNETES078": "restartPolicy: Always"}
    ),
    "a hook that is none": _job("hook: Sync", "hook: sync", {"KUBERNETES081": "hook: sync"}),
    "a deletion that is none": _job("BeforeHookCreation", "BeforeCreation", {"KUBERNETES081": "BeforeCreation"}),
    "a hook that stays": _job(DELETED, "", {"KUBERNETES082": "hook: Sync"}),
    "a hook before its account": _job("hook: Sync", "hook: PreSync", {"KUBERNETES083": "hook: PreSync"}),
    "a Job that cannot be changed": _job(HOOK + DELETED, "", {"KUBERNETES084": f"name: {JOB}"}),
}
DEFECTS = SECURITY | WORKLOADS | SCALES | ROUTES | AGENTS | JOBS
