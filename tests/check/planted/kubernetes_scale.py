"""The defects of how many Pods run, and where: autoscalers, budgets, rollouts, and spread.

`DEFECTS` has them by code: the file, its text without the defect, and one text of it that becomes another.
"""

from check.defects import becomes
from check.manifest_texts import APP, added, of, text

FILE = "deploy/kubernetes/prod/wishes.yaml"
PLAIN = "k8s/wishes.yaml"
SCALED = added(APP.replace("  replicas: 2\n", ""), text("scaler"))
PLAIN_SCALED = added(text("plain"), text("scaler"))
BUDGET = of("wishes", "budget")
OLD_BUDGET = of("old", "budget")
SECOND = text("scaler").replace("  name: wishes\n", "  name: wishes-by-memory\n", 1)
SPREAD = APP.replace(
    "      automount",
    "      topologySpreadConstraints:\n        - {maxSkew: 1, topologyKey: kubernetes.io/hostname, "
    "whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: wishes}}}\n      automount",
)
APARTNESS = APP.replace(
    "      automount",
    "      affinity:\n        podAntiAffinity:\n          requiredDuringSchedulingIgnoredDuringExecution:\n"
    "            - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: wishes}}}\n      automount",
)
MEASURED = SCALED.replace(
    "type: Resource\n      resource:\n        name: cpu",
    "type: ContainerResource\n      containerResource:\n        container: wishes\n        name: cpu",
)

DEFECTS = {
    "KUBERNETES051": (FILE, SCALED, "  strategy:", "  replicas: 2\n  strategy:"),
    "KUBERNETES052": (FILE, SCALED, "    name: wishes\n  minReplicas", "    name: wish\n  minReplicas"),
    "KUBERNETES053": (FILE, SCALED, "maxReplicas: 6", "maxReplicas: 1"),
    "KUBERNETES054": (FILE, SCALED, "minReplicas: 2", "minReplicas: 1"),
    "KUBERNETES055": (PLAIN, PLAIN_SCALED, "requests: {cpu: 100m}", "requests: {memory: 64Mi}"),
    "KUBERNETES056": (FILE, APP, "  maxUnavailable: 1\n", "  maxUnavailable: 0\n"),
    "KUBERNETES057": (FILE, APP, BUDGET, text("config")),
    "KUBERNETES058": (FILE, APP, BUDGET, added(BUDGET, OLD_BUDGET)),
    "KUBERNETES111": (FILE, SCALED, "---\napiVersion: autoscaling/v2", f"---\n{SECOND}---\napiVersion: autoscaling/v2"),
    "KUBERNETES114": (FILE, APP, BUDGET, added(BUDGET, BUDGET.replace("  name: wishes\n", "  name: wishes-too\n", 1))),
    "KUBERNETES115": (FILE, SPREAD, "{matchLabels: {app: wishes}}", "{matchLabels: {app: orders}}"),
    "KUBERNETES116": (FILE, APP, "maxSurge: 1", "maxSurge: 0"),
    "KUBERNETES122": (FILE, APARTNESS, "{matchLabels: {app: wishes}}", "{matchLabels: {app: wish}}"),
    "KUBERNETES123": (FILE, APARTNESS, "topologyKey: kubernetes.io/hostname", "topologyKey: kubernetes.io/host"),
    "KUBERNETES134": (FILE, MEASURED, "container: wishes", "container: wish"),
}

PLANTED = {code: becomes(*defect) for code, defect in DEFECTS.items()}
