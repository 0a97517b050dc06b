"""The defects of what runs in a cluster: fields of objects, Pods, their security, and Jobs.

`DEFECTS` has them by code: the file, its text without the defect, and one text of it that becomes another.
"""

from check.defects import becomes
from check.manifest_texts import APP, JOB, added, of, text

FILE = "deploy/kubernetes/prod/wishes.yaml"
PLAIN = "k8s/wishes.yaml"
PLAIN_JOB = text("plain-job")
SCHEDULED = of("sweep", "account", "scheduled", "policy")
SERVICE, BUDGET = of("wishes", "service"), of("wishes", "budget")
LONG = "wishes-and-everything-that-somebody-once-wished-for-and-never-got-at-all"
SELECTOR = "      app: wishes\n  strategy:"
VERSION = '      app: wishes\n      app.kubernetes.io/version: "7"\n  strategy:'
PRIVILEGES = "allowPrivilegeEscalation: false\n"
SECCOMP = "        seccompProfile:\n          type: RuntimeDefault\n"
REQUESTS = "requests: {cpu: 100m, memory: 64Mi}"
READY = "          readinessProbe:\n            httpGet: {path: /readyz, port: http}\n"
LIVE = "          livenessProbe:\n            httpGet: {path: /livez, port: http}\n"
LIMIT = '            - name: LIMIT\n              value: "100"\n'
LISTENING = APP.replace('- name: LIMIT\n              value: "100"', '- name: PORT\n              value: "8000"')

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
    "KUBERNETES077": (FILE, JOB, "  activeDeadlineSeconds: 600\n", ""),
    "KUBERNETES078": (PLAIN, PLAIN_JOB, "restartPolicy: Never", "restartPolicy: Always"),
    "KUBERNETES079": (PLAIN, text("plain-scheduled"), '"15 3 * * *"', '"0 15 3 * * *"'),
    "KUBERNETES080": (FILE, SCHEDULED, "concurrencyPolicy: Forbid", "concurrencyPolicy: Allow"),
    "KUBERNETES104": (FILE, APP, f"          env:\n{LIMIT}", f"          env:\n{LIMIT}{LIMIT}"),
    "KUBERNETES109": (FILE, APP, "limits: {memory: 64Mi}", "limits: {memory: 64Mi, cpu: 500}"),
    "KUBERNETES131": (FILE, APP, "/readyz", "/ready"),
    "KUBERNETES132": (FILE, LISTENING, 'value: "8000"', 'value: "8080"'),
    "KUBERNETES133": (FILE, JOB, "activeDeadlineSeconds: 600", "activeDeadlineSeconds: 0"),
}

PLANTED = {code: becomes(*defect) for code, defect in DEFECTS.items()}
