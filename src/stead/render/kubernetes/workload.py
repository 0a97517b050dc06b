"""Values of the Kubernetes API: workloads, autoscalers and disruption budgets."""

from dataclasses import dataclass, field
from typing import ClassVar

from stead.render.kubernetes.core import LabelSelector, Manifest, PodTemplate


@dataclass(frozen=True, kw_only=True)
class RollingUpdate:
    max_surge: int = 1
    max_unavailable: int = 0


@dataclass(frozen=True, kw_only=True)
class Strategy:
    type: str = "RollingUpdate"
    rolling_update: RollingUpdate = field(default_factory=RollingUpdate)


@dataclass(frozen=True, kw_only=True)
class DeploymentSpec:
    """`replicas` is None with an autoscaler."""

    replicas: int | None
    selector: LabelSelector
    strategy: Strategy = field(default_factory=Strategy)
    revision_history_limit: int = 3
    progress_deadline_seconds: int = 600
    template: PodTemplate


@dataclass(frozen=True, kw_only=True)
class Deployment(Manifest):
    api_version: ClassVar[str] = "apps/v1"
    kind: ClassVar[str] = "Deployment"
    spec: DeploymentSpec


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    backoff_limit: int = 3
    active_deadline_seconds: int = 600
    ttl_seconds_after_finished: int = 86_400
    completions: int = 1
    parallelism: int = 1
    template: PodTemplate


@dataclass(frozen=True, kw_only=True)
class Job(Manifest):
    api_version: ClassVar[str] = "batch/v1"
    kind: ClassVar[str] = "Job"
    spec: JobSpec


@dataclass(frozen=True, kw_only=True)
class JobTemplate:
    spec: JobSpec


@dataclass(frozen=True, kw_only=True)
class CronJobSpec:
    schedule: str
    time_zone: str
    concurrency_policy: str = "Forbid"
    starting_deadline_seconds: int = 300
    successful_jobs_history_limit: int = 3
    failed_jobs_history_limit: int = 3
    suspend: bool = False
    job_template: JobTemplate


@dataclass(frozen=True, kw_only=True)
class CronJob(Manifest):
    api_version: ClassVar[str] = "batch/v1"
    kind: ClassVar[str] = "CronJob"
    spec: CronJobSpec


@dataclass(frozen=True, kw_only=True)
class ScaleTarget:
    name: str
    api_version: str = "apps/v1"
    kind: str = "Deployment"


@dataclass(frozen=True, kw_only=True)
class MetricTarget:
    average_utilization: int
    type: str = "Utilization"


@dataclass(frozen=True, kw_only=True)
class ResourceMetric:
    target: MetricTarget
    name: str = "cpu"


@dataclass(frozen=True, kw_only=True)
class Metric:
    resource: ResourceMetric
    type: str = "Resource"


@dataclass(frozen=True, kw_only=True)
class ScalingPolicy:
    type: str
    value: int
    period_seconds: int


@dataclass(frozen=True, kw_only=True)
class ScalingRules:
    stabilization_window_seconds: int
    policies: tuple[ScalingPolicy, ...]
    select_policy: str = "Max"


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """Up at once, by twice as many a minute at most; down by one a minute, after five minutes of less load."""

    scale_up: ScalingRules = ScalingRules(
        stabilization_window_seconds=0,
        policies=(ScalingPolicy(type="Percent", value=100, period_seconds=60),),
    )
    scale_down: ScalingRules = ScalingRules(
        stabilization_window_seconds=300,
        policies=(ScalingPolicy(type="Pods", value=1, period_seconds=60),),
    )


@dataclass(frozen=True, kw_only=True)
class HorizontalPodAutoscalerSpec:
    scale_target_ref: ScaleTarget
    min_replicas: int
    max_replicas: int
    metrics: tuple[Metric, ...]
    behavior: Behavior = field(default_factory=Behavior)


@dataclass(frozen=True, kw_only=True)
class HorizontalPodAutoscaler(Manifest):
    api_version: ClassVar[str] = "autoscaling/v2"
    kind: ClassVar[str] = "HorizontalPodAutoscaler"
    spec: HorizontalPodAutoscalerSpec


@dataclass(frozen=True, kw_only=True)
class PodDisruptionBudgetSpec:
    selector: LabelSelector
    max_unavailable: int = 1
    unhealthy_pod_eviction_policy: str = "AlwaysAllow"


@dataclass(frozen=True, kw_only=True)
class PodDisruptionBudget(Manifest):
    api_version: ClassVar[str] = "policy/v1"
    kind: ClassVar[str] = "PodDisruptionBudget"
    spec: PodDisruptionBudgetSpec
