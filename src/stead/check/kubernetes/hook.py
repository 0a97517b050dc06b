"""Hooks and waves: what Argo CD does in which order, and with what it needs at hand."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.account import DEFAULT, account_of
from stead.check.kubernetes.manifest import Manifest, find, is_filled_in, items, manifests, text_of
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, is_near, manifest_sets
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem
from stead.render.kubernetes.argo import DELETE_POLICY, HOOK, OPTIONS, WAVE

# argo-cd, docs/user-guide/sync-waves.md and resource_hooks.md
HOOKS = frozenset({"PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete", "Skip"})
POLICIES = frozenset({"BeforeHookCreation", "HookSucceeded", "HookFailed"})
# Policies that leave a hook there which the next sync cannot change.
INCOMPLETE: tuple[set[str], ...] = (set(), {"HookFailed"}, {"HookSucceeded"})
INTEGER = re.compile(r"[+-]?\d+")
HOST = re.compile(r"(?:^|//|@)([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.([a-z0-9-]+)(?:\.svc[.a-z]*)?)?(?::\d+)?(?:/|$)")
REPLACED = frozenset({"Replace=true", "Force=true"})


def _values(text: str) -> set[str]:
    return {word.strip() for word in text.split(",") if word.strip()}


@rule("KUBERNETES081")
def hooks_are_known(context: Context) -> Iterator[Problem]:
    """Hooks and their delete policies have values of Argo CD.

    It ignores unknown values: an object with `hook: Pre-Sync` is an ordinary one, and is synced with the
    rest. Write `PreSync`, `Sync`, `PostSync`, `SyncFail`, `PreDelete`, `PostDelete` or `Skip`; and
    `BeforeHookCreation`, `HookSucceeded` or `HookFailed`.
    """
    for manifest in manifests(context):
        for name, known in ((HOOK, HOOKS), (DELETE_POLICY, POLICIES)):
            node = manifest.annotations.get(name)
            for word in sorted(_values(node.text or "") - known) if node is not None else ():
                message = f"Argo CD knows no {name.rpartition('/')[2]} {word}, and ignores it"
                mend = f"write one of {', '.join(sorted(known))}"
                yield Problem("KUBERNETES081", message, manifest.at(node or manifest.root), mend)


@rule("KUBERNETES082", severity="warning")
def hooks_say_when_they_are_removed(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a hook has a delete policy.

    The default is `BeforeHookCreation`; with `HookFailed` alone a successful hook stays, with `HookSucceeded` alone a
    failed one, and the next sync cannot change it. Write `argocd.argoproj.io/hook-delete-policy: BeforeHookCreation`.
    """
    for each in delivered_sets(context):
        for manifest in each.manifests:
            hook = manifest.annotations.get(HOOK)
            policies = _values(manifest.annotation(DELETE_POLICY))
            if hook is not None and _values(hook.text or "") & HOOKS - {"Skip"} and policies in INCOMPLETE:
                node = manifest.annotations.get(DELETE_POLICY, hook)
                message = f"the hook {manifest.name} has no delete policy"
                yield Problem("KUBERNETES082", message, manifest.at(node), f"add {DELETE_POLICY}: BeforeHookCreation")


@rule("KUBERNETES083")
def early_hooks_need_nothing_of_the_sync(context: Context) -> Iterator[Problem]:
    """A hook that runs before the sync needs no account and no configuration that the sync creates.

    On the first sync they do not exist: the Job's Pod is never created, and the sync never starts. On later syncs it
    runs with the previous configuration. Make it a `Sync` hook in its own wave, after the objects that it needs.
    """
    for each in manifest_sets(context):
        for workload in each.workloads:
            hook = workload.manifest.annotations.get(HOOK)
            if hook is not None and "PreSync" in _values(hook.text or ""):
                for needed in _needed(each, workload):
                    message = f"{workload.name} runs before the sync, which creates its {needed.kind} {needed.name}"
                    place = workload.manifest.at(hook)
                    mend = f'write {HOOK}: Sync, and {WAVE}: "1"'
                    yield Problem("KUBERNETES083", message, place, mend, needed.place)


def _needed(each: ManifestSet, workload: Workload) -> Iterator[Manifest]:
    """Yield what a Pod cannot start without, and the sync makes."""
    names = [("ServiceAccount", account_of(workload))] if account_of(workload) != DEFAULT else []
    for container in workload.containers:
        for kind, reference in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            names += [(kind, text_of(source, reference, "name")) for source in items(container.node, "envFrom")]
    for kind, name in dict.fromkeys(names):
        found = each.named(kind, name, workload.manifest.namespace) if name else None
        if found and "PreSync" not in _values(found.annotation(HOOK)):
            yield found


@rule("KUBERNETES084")
def synced_jobs_are_hooks(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Job that Argo CD syncs is a hook, or is replaced.

    The template of a Job is immutable: with the next image the sync fails on `field is immutable`, as long as the old
    Job exists. Write `argocd.argoproj.io/hook: Sync` with the delete policy `BeforeHookCreation`.
    """
    for each in delivered_sets(context):
        synced = any(True for _ in each.of("Application"))
        for workload in each.workloads if synced else ():
            manifest = workload.manifest
            replaced = _values(manifest.annotation(OPTIONS)) >= REPLACED or not manifest.name
            if workload.kind == "Job" and not manifest.annotation(HOOK) and not replaced:
                message = f"{manifest.name} cannot be changed by the next sync"
                mend = f"add {HOOK}: Sync and {DELETE_POLICY}: BeforeHookCreation"
                yield Problem("KUBERNETES084", message, manifest.place, mend)


@rule("KUBERNETES085")
def waves_are_integers(context: Context) -> Iterator[Problem]:
    """A sync wave is an integer.

    Argo CD treats any other text as 0, so that the object is synced with the rest. Write `"2"`, or `"-1"`.
    """
    for manifest in manifests(context):
        node = manifest.annotations.get(WAVE)
        if node is not None and not INTEGER.fullmatch(node.text or "") and not is_filled_in(node.text or ""):
            message = f"{node.text} is not a wave number, so {manifest.name} is synced in wave 0"
            yield Problem("KUBERNETES085", message, manifest.at(node), 'write an integer in quotes, such as "2"')


@rule("KUBERNETES086")
def jobs_wait_for_no_later_wave(context: Context) -> Iterator[Problem]:
    """A Job that Argo CD waits for calls no Service of a later wave.

    The later wave starts after the Job, and the Job waits for the Service: on a first deployment the sync fails at the
    Job's deadline. Give the Job a later wave, or the Service an earlier one.
    """
    for each in manifest_sets(context):
        services = list(each.of("Service"))
        for workload in each.workloads if services else ():
            if workload.kind == "Job":
                yield from _waiting(each, workload)


@rule("KUBERNETES110")
def pods_need_nothing_of_a_later_wave(context: Context) -> Iterator[Problem]:
    """A workload needs no account and no configuration that a later wave of the same Application creates.

    Argo CD waits until a wave is healthy before it starts the next one: the Deployment waits for an account that is
    created only after it. The first sync never ends. Give the needed object an earlier wave: `"-1"`.
    """
    for each in manifest_sets(context):
        for workload in each.workloads:
            for needed in _needed(each, workload):
                (phase, wave), (own_phase, own_wave) = moment(needed), moment(workload.manifest)
                # A hook of another phase is reported by KUBERNETES083.
                if phase == own_phase and wave > own_wave and needed.file.parent == workload.manifest.file.parent:
                    message = f"{workload.name} waits for the {needed.kind} {needed.name}, which a later wave creates"
                    place = needed.at(needed.annotations.get(WAVE) or needed.root)
                    yield Problem("KUBERNETES110", message, place, f'write {WAVE}: "-1"', workload.manifest.place)


def _waiting(each: ManifestSet, workload: Workload) -> Iterator[Problem]:
    for node, name in _called(workload):
        service = each.named("Service", name, workload.manifest.namespace)
        if service and is_near(service.namespace, workload.manifest.namespace):
            own, later = moment(workload.manifest), moment(service)
            if own < later:
                message = f"{workload.name} calls {name}, which is created only when {workload.name} has finished"
                mend = f'give it the wave "{later[1]}" or a later one'
                yield Problem("KUBERNETES086", message, workload.manifest.at(node), mend, service.place)


def moment(manifest: Manifest) -> tuple[int, int]:
    """Return when Argo CD makes an object: its phase and its wave."""
    hooks = _values(manifest.annotation(HOOK))
    phase = 0 if "PreSync" in hooks else 2 if "PostSync" in hooks else 1
    wave = manifest.annotation(WAVE)
    return phase, int(wave) if INTEGER.fullmatch(wave) else 0


def _called(workload: Workload) -> Iterator[tuple[Node, str]]:
    """Yield the hosts that a workload's variables name."""
    for container in workload.containers:
        for variable in items(container.node, "env"):
            node = find(variable, "value")
            host = HOST.search(node.text or "") if node is not None else None
            if node is not None and host and ("//" in (node.text or "") or ":" in (node.text or "")):
                yield node, host[1]


RULES = (
    hooks_are_known,
    hooks_say_when_they_are_removed,
    early_hooks_need_nothing_of_the_sync,
    synced_jobs_are_hooks,
    waves_are_integers,
    jobs_wait_for_no_later_wave,
    pods_need_nothing_of_a_later_wave,
)
