"""What the description says of its clusters: the problems of `stead.model` with these codes, as rules with pages."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


def _problems_of(context: Context, code: str) -> Iterator[Problem]:
    return (problem for problem in context.problems if problem.code == code)


@rule("KUBERNETES001")
def environments_have_a_namespace_each(context: Context) -> Iterator[Problem]:
    """Each environment that runs in a cluster has a namespace of its own.

    The namespace is a DNS label. Two environments in one would have objects of the same names: what is applied last
    replaces the other. Give each a namespace, such as `shop-staging`.
    """
    yield from _problems_of(context, "KUBERNETES001")


@rule("KUBERNETES002")
def labels_are_short_enough(context: Context) -> Iterator[Problem]:
    """The names of a backend and of its environment have at most 62 characters together.

    Together they are a label of every object, by which a policy and a Service find their Pods; a label has 63
    characters at most. What is made of other names is held to its length as well: a CronJob has 52 characters, since
    its Jobs are named after it, and an Application of Argo CD 63. Shorten one of the names.
    """
    yield from _problems_of(context, "KUBERNETES002")


@rule("KUBERNETES003")
def autoscalers_have_room(context: Context) -> Iterator[Problem]:
    """An autoscaler has at least two replicas, and no fewer at most than at least.

    With one replica nothing is left while a node is emptied, and a maximum below the minimum is refused by the API
    server. Write `Autoscale(2, 6)`.
    """
    yield from _problems_of(context, "KUBERNETES003")


@rule("KUBERNETES004")
def clusters_name_services_that_run_there(context: Context) -> Iterator[Problem]:
    """Autoscalers and egress are of services that run in that environment.

    What is said of another service changes nothing, so what was meant is not there. Name the service object, or remove
    the entry.
    """
    yield from _problems_of(context, "KUBERNETES004")


@rule("KUBERNETES005")
def servers_have_a_place(context: Context) -> Iterator[Problem]:
    """A server is in a namespace of the cluster, or at an address, and listens on a port.

    Network policies let a process out to its servers and nowhere else, so they must know where these are. Write
    `Server(5432, namespace="data")`, or `Server(5432, cidr="10.20.0.5/32")`.
    """
    yield from _problems_of(context, "KUBERNETES005")


@rule("KUBERNETES006")
def hosts_are_led_somewhere(context: Context) -> Iterator[Problem]:
    """A host is attached to a Gateway that is there, or to one that is made for it.

    Without one nobody outside reaches the backend; with both it is open which of them answers. Write
    `gateway="gateway-system/public"`, or `gateway_class="envoy", tls="the-certificate"`.
    """
    yield from _problems_of(context, "KUBERNETES006")


@rule("KUBERNETES007")
def paths_are_those_of_documents(context: Context) -> Iterator[Problem]:
    """A path of documents is said without what Vault's API puts before it.

    `kv/data/shop/prod` in the API is `mount="kv", path="shop/prod"` here; with `data/` in both the document is not
    found, and the Pod waits for a file that never comes.
    """
    yield from _problems_of(context, "KUBERNETES007")


@rule("KUBERNETES008")
def registry_credentials_have_a_secret(context: Context) -> Iterator[Problem]:
    """Credentials of a registry that are in Vault are copied into a pull secret that has a name.

    Without one the nodes pull without credentials, and no Pod of the backend starts. Write
    `Kubernetes(…, pull_secret="registry")`.
    """
    yield from _problems_of(context, "KUBERNETES008")


@rule("KUBERNETES009")
def documents_hold_settings_of_the_backend(context: Context) -> Iterator[Problem]:
    """A document of Vault holds settings that some process has, each in one document.

    A setting that is in two documents is changed in one of them and read from the other. Name each once, by the name
    that its service declares. A document that several processes read is not one process's own, `backend/<process>`, and
    does not hold the keys with which processes sign their calls: whoever reads it could act as each of them.
    """
    yield from _problems_of(context, "KUBERNETES009")


@rule("KUBERNETES101")
def names_are_those_of_objects(context: Context) -> Iterator[Problem]:
    """What a cluster is told to name is of the form that the cluster takes.

    A host with `https://` and a Gateway with two slashes are refused by the API server when the manifests are applied;
    a namespace or a label that cannot exist makes a network policy that admits nobody, and Vault's mount with `data/`
    behind it leads to no document. Write the name alone, as `kubectl get` prints it.
    """
    yield from _problems_of(context, "KUBERNETES101")


@rule("KUBERNETES102")
def values_are_read(context: Context) -> Iterator[Problem]:
    """What `Kubernetes(values=…)` gives is what some process is told there.

    A name that no process declares, or that the description has set already, changes nothing, and the process runs with
    another value than what was meant. A secret is never a value: it would stand in a manifest. Fix the name, or remove
    the entry.
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
