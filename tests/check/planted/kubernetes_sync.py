"""The defects of how Argo CD applies manifests: hooks, waves, Applications, and Projects.

`DEFECTS` has them by code: the file, its text without the defect, and one text of it that becomes another.
"""

from check.defects import becomes
from check.manifest_texts import APP, JOB, added, of, text

FILE = "deploy/kubernetes/prod/wishes.yaml"
PLAIN = "k8s/wishes.yaml"
SYNCED = added(text("project"), text("application"))
CLAIMED = added(SYNCED, text("claim"))
SYNCED_JOB = added(JOB, SYNCED)
PLAIN_JOB = text("plain-job")
PLAIN_CALLED = added(PLAIN_JOB, text("plain"), text("plain-service"))
ACCOUNT = "kind: ServiceAccount\nmetadata:\n  name: wishes\n  namespace: shop\n"
EARLY = APP.replace(ACCOUNT, f'{ACCOUNT}  annotations:\n    argocd.argoproj.io/sync-wave: "-1"\n')
HOOK = "    argocd.argoproj.io/hook: Sync\n"
DELETED = "    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation\n"
FINALIZERS = "  finalizers:\n    - resources-finalizer.argocd.argoproj.io\n"
SPARED = "  annotations:\n    argocd.argoproj.io/sync-options: Prune=false,Delete=false\n"
REPOSITORY = "- https://git.example.com/shop/backend.git\n  destinations"
IGNORING = "  ignoreDifferences:\n    - {group: apps, kind: Deployment, jsonPointers: [/spec/template]}\n"
MIGRATION = of("wishes-migrate", "account", "job", "policy")
MIGRATED = added(APP, MIGRATION)

DEFECTS = {
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
    "KUBERNETES110": (FILE, EARLY, 'sync-wave: "-1"', 'sync-wave: "3"'),
    "KUBERNETES119": (FILE, SYNCED, "  project: shop-prod\n", "  project: shop-production\n"),
    "KUBERNETES120": (FILE, SYNCED, "  syncPolicy:\n", f"{IGNORING}  syncPolicy:\n"),
    "KUBERNETES135": (FILE, MIGRATED, 'sync-wave: "1"', 'sync-wave: "3"'),
}

PLANTED = {code: becomes(*defect) for code, defect in DEFECTS.items()}
