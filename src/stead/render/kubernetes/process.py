"""The objects of one process: account, workload, Service, policies, autoscaler and disruption budget."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from stead.gateway.proxy.program import listens
from stead.model import AnyService, Gateway, Job, Process
from stead.model.kubernetes import ExternalSecrets
from stead.render.docker.image_kind import PORT
from stead.render.gateway_deployment import LISTEN
from stead.render.kubernetes import gateway, network, secret
from stead.render.kubernetes.argo import DELETE_POLICY, HOOK, WAVE
from stead.render.kubernetes.context import ClusterContext, account, component_of
from stead.render.kubernetes.core import LabelSelector, Manifest, PodTemplate, Service, ServicePort, ServiceSpec
from stead.render.kubernetes.cron import schedule_of
from stead.render.kubernetes.pod import HTTP, job_pod, service_pod
from stead.render.kubernetes.workload import (
    CronJob,
    CronJobSpec,
    Deployment,
    DeploymentSpec,
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerSpec,
    JobSpec,
    JobTemplate,
    Metric,
    MetricTarget,
    PodDisruptionBudget,
    PodDisruptionBudgetSpec,
    ResourceMetric,
    ScaleTarget,
)
from stead.render.kubernetes.workload import Job as JobManifest

M = TypeVar("M", bound=Manifest)
BEFORE_ALL = "-1"  # accounts, policies, secrets: everything that the rest needs
WAVES = {"before": "1", "beside": "2", "after": "3"}
SERVICES = "2"


def objects(context: ClusterContext, process: Process) -> Iterator[Manifest]:
    """Yield the objects of a process."""
    component = component_of(process)
    yield account(context, process.name, component, {WAVE: BEFORE_ALL})
    yield early(network.policy(context, process))
    if isinstance(context.cluster.secrets, ExternalSecrets) and secret.secrets_of(context, process):
        yield early(secret.external(context, process.name, component, secret.secrets_of(context, process)))
    if isinstance(process, Job) and process.is_scheduled:
        yield _cron_job(context, process)
    elif isinstance(process, Job):
        yield job(context, process.name, job_pod(context, process), WAVES[process.runs])
    elif isinstance(process, Gateway):
        yield from _running(context, process, gateway.gateway_pod(context, process), LISTEN)
        yield from _edge(context, process)
    else:
        yield from _running(context, process, service_pod(context, process), PORT)


def early(manifest: M) -> M:
    """Return an object with an earlier sync wave."""
    annotations = {**manifest.metadata.annotations, WAVE: BEFORE_ALL}
    return replace(manifest, metadata=replace(manifest.metadata, annotations=annotations))


def job(context: ClusterContext, name: str, template: PodTemplate, wave: str, deadline: int = 600) -> JobManifest:
    """Return a Job that runs in each sync, in its wave; the one of the sync before is removed when it begins."""
    annotations = {DELETE_POLICY: "BeforeHookCreation", HOOK: "Sync", WAVE: wave}
    return JobManifest(
        metadata=context.metadata(name, "job", annotations),
        spec=JobSpec(active_deadline_seconds=deadline, template=template),
    )


def _cron_job(context: ClusterContext, process: Job) -> CronJob:
    """Return a job that runs by the clock; no two of it run at once."""
    return CronJob(
        metadata=context.metadata(process.name, "job", {WAVE: SERVICES}),
        spec=CronJobSpec(
            schedule=schedule_of(process) or "",
            time_zone=process.timezone,
            job_template=JobTemplate(spec=JobSpec(template=job_pod(context, process))),
        ),
    )


def _running(
    context: ClusterContext, process: AnyService | Gateway, template: PodTemplate, port: int
) -> Iterator[Manifest]:
    component = component_of(process)
    selector = context.selector(process.name, component)
    scale = context.autoscale(process)
    yield Deployment(
        metadata=context.metadata(process.name, component, {WAVE: SERVICES}),
        spec=DeploymentSpec(
            replicas=None if scale else context.replicas(process),
            selector=LabelSelector(match_labels=selector),
            template=template,
        ),
    )
    if isinstance(process, Gateway) or listens(process):
        target = port if process.name in context.sidecars else HTTP  # the proxy's: a named one is found in containers
        yield Service(
            metadata=context.metadata(process.name, component, {WAVE: SERVICES}),
            spec=ServiceSpec(selector=selector, ports=(ServicePort(name=HTTP, port=port, target_port=target),)),
        )
    if scale:
        yield _autoscaler(context, process)
    if context.replicas(process) > 1:
        yield PodDisruptionBudget(
            metadata=context.metadata(process.name, component, {WAVE: SERVICES}),
            spec=PodDisruptionBudgetSpec(selector=LabelSelector(match_labels=selector)),
        )


def _autoscaler(context: ClusterContext, process: AnyService | Gateway) -> HorizontalPodAutoscaler:
    scale = context.autoscale(process)
    assert scale is not None
    metric = Metric(resource=ResourceMetric(target=MetricTarget(average_utilization=scale.cpu)))
    return HorizontalPodAutoscaler(
        metadata=context.metadata(process.name, component_of(process), {WAVE: SERVICES}),
        spec=HorizontalPodAutoscalerSpec(
            scale_target_ref=ScaleTarget(name=process.name),
            min_replicas=scale.minimum,
            max_replicas=scale.maximum,
            metrics=(metric,),
        ),
    )


def _edge(context: ClusterContext, process: Gateway) -> Iterator[Manifest]:
    if context.cluster.host:
        yield gateway.route(context, process)
    if context.cluster.host and not context.cluster.gateway:
        yield gateway.listener(context)
