"""What the description says of its clusters: the problems of `stead.model` with these codes, as rules with pages."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


def _problems_of(context: Context, code: str) -> Iterator[Problem]:
    return (problem for problem in context.problems if problem.code == code)


@rule("KUBERNETES001")
def environments_have_a_namespace_each(context: Context) -> Iterator[Problem]:
    """Each environment in a cluster has its own namespace.

    The namespace is a DNS label. Two environments in one namespace would have objects of the same names: the last apply
    replaces the other's. Give each a namespace, such as `shop-staging`.
    """
    yield from _problems_of(context, "KUBERNETES001")


@rule("KUBERNETES002")
def labels_are_short_enough(context: Context) -> Iterator[Problem]:
    """The names of a backend and of its environment have at most 62 characters together.

    Together they are a label of every object, by which a policy and a Service find their Pods; a label has 63
    characters at most. Names that are composed of others have limits, too: a CronJob has 52 characters, since
    its Jobs are named after it, and an Application of Argo CD 63. Shorten one of the names.
    """
    yield from _problems_of(context, "KUBERNETES002")


@rule("KUBERNETES003")
def autoscalers_have_room(context: Context) -> Iterator[Problem]:
    """An autoscaler has a minimum of at least two replicas, and a maximum not below it.

    With one replica the service is down while a node is drained, and a maximum below the minimum is refused by the API
    server. Write `Autoscale(2, 6)`.
    """
    yield from _problems_of(context, "KUBERNETES003")


@rule("KUBERNETES004")
def clusters_name_services_that_run_there(context: Context) -> Iterator[Problem]:
    """Autoscalers and egress name services that run in the environment.

    An entry for another service has no effect. Name the service object, or remove the entry.
    """
    yield from _problems_of(context, "KUBERNETES004")


@rule("KUBERNETES005")
def servers_have_a_place(context: Context) -> Iterator[Problem]:
    """A server is in a namespace of the cluster, or at an address, and listens on a port.

    Network policies allow a process to reach only its servers, so these need an address. Write
    `Server(5432, namespace="data")`, or `Server(5432, cidr="10.20.0.5/32")`.
    """
    yield from _problems_of(context, "KUBERNETES005")


@rule("KUBERNETES006")
def hosts_are_led_somewhere(context: Context) -> Iterator[Problem]:
    """A host is attached to an existing Gateway, or to one that is created for it.

    Without one the backend is not reachable from outside; with both the choice is ambiguous. Write
    `gateway="gateway-system/public"`, or `gateway_class="envoy", tls="the-certificate"`.
    """
    yield from _problems_of(context, "KUBERNETES006")


@rule("KUBERNETES007")
def paths_are_those_of_documents(context: Context) -> Iterator[Problem]:
    """A path of documents has no prefix of Vault's API.

    `kv/data/shop/prod` in the API is `mount="kv", path="shop/prod"` here; with `data/` in both the document is not
    found, and the Pod waits forever for a file.
    """
    yield from _problems_of(context, "KUBERNETES007")


@rule("KUBERNETES008")
def registry_credentials_have_a_secret(context: Context) -> Iterator[Problem]:
    """Credentials of a registry that are in Vault are copied into a pull secret that has a name.

    Without its name the nodes pull without credentials, and no Pod of the backend starts. Write
    `Kubernetes(…, pull_secret="registry")`.
    """
    yield from _problems_of(context, "KUBERNETES008")


@rule("KUBERNETES009")
def documents_hold_settings_of_the_backend(context: Context) -> Iterator[Problem]:
    """A document of Vault holds settings of processes, each in one document.

    A setting in two documents may be changed in one and read from the other. Name each once, by its declared name. A
    document that several processes read must not be `backend/<process>` and must not hold the keys that sign calls:
    each reader could act as the other processes.
    """
    yield from _problems_of(context, "KUBERNETES009")


@rule("KUBERNETES101")
def names_are_those_of_objects(context: Context) -> Iterator[Problem]:
    """Names for the cluster have the form that its API accepts.

    A host with `https://` and a Gateway with two slashes are refused by the API server when the manifests are applied;
    a namespace or a label that cannot exist gives a network policy that admits no connection, and Vault has no document
    at a mount with `data/`. Write the name alone, as `kubectl get` prints it.
    """
    yield from _problems_of(context, "KUBERNETES101")


@rule("KUBERNETES102")
def values_are_read(context: Context) -> Iterator[Problem]:
    """`Kubernetes(values=…)` sets declared settings of processes.

    A name that no process declares, or that the description sets already, has no effect, and the process runs with
    another value. A secret is not allowed: it would be in a manifest. Fix the name, or remove the entry.
    """
    yield from _problems_of(context, "KUBERNETES102")


RULES = (
    environments_have_a_namespace_each,
    labels_are_short_enough,
    autoscalers_have_room,
    clusters_name_services_that_run_there,
    servers_have_a_place,
    hosts_are_led_somewhere,
    paths_are_those_of_documents,
    registry_credentials_have_a_secret,
    documents_hold_settings_of_the_backend,
    names_are_those_of_objects,
    values_are_read,
)
