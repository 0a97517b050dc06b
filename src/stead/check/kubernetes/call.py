"""Calls: what the network policies of an environment allow is what the description declares, neither more nor less."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.kubernetes.manifest import Manifest, key_of
from stead.check.kubernetes.reachability import Reachability, reachabilities
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem, SourceLocation
from stead.render.kubernetes.context import ClusterContext

Pair = tuple[str, str]


def _described(context: Context) -> Iterator[tuple[Reachability, frozenset[Pair]]]:
    """Yield the environments that run in a cluster: what their policies allow, and what the description does."""
    for reach in reachabilities(context):
        environment = reach.each.environment
        if context.backend and environment and environment.kubernetes:
            yield reach, ClusterContext(context.backend, environment, environment.kubernetes).permitted


@rule("KUBERNETES069")
def policies_allow_only_declared_calls(context: Context) -> Iterator[Problem]:
    """The network policies of an environment allow only declared calls.

    The gateway and the callee also refuse such a call; the network protects when one of them is compromised.
    Remove the caller from the policy, or declare the call.
    """
    for reach, declared in _described(context):
        names = {id(workload): workload for workload in reach.each.workloads}
        for callee in reach.each.workloads:
            for (caller, port), (policy, peer) in reach.sources.get(id(callee), {}).items():
                pair = (names[caller].name, callee.name)
                known = pair in declared or names[caller] is callee
                if not known and not reach.is_open(names[caller], "Egress") and reach.allows(names[caller], callee):
                    message = f"{pair[0]} may reach {pair[1]} at {port}, but declares no call to it"
                    mend = f"remove {pair[0]} from the policy, or declare the call"
                    yield Problem("KUBERNETES069", message, policy.at(peer), mend)


@rule("KUBERNETES070")
def policies_allow_declared_calls(context: Context) -> Iterator[Problem]:
    """The network policies of an environment allow each declared call, on both sides.

    A call that one side's policy drops ends in the caller's timeout, without an entry in the callee's log. Add the
    callee to the caller's egress, and the caller to the callee's ingress.
    """
    for reach, declared in _described(context):
        named = {workload.name: workload for workload in reach.each.workloads}
        for caller, callee in sorted(declared):
            pair = (named.get(caller), named.get(callee))
            if pair[0] and pair[1] and pair[1].port_numbers and not reach.allows(pair[0], pair[1]):
                leaves = reach.leaves(pair[0], pair[1])
                direction, side = ("ingress", pair[1]) if leaves else ("egress", pair[0])
                policy = _policy(reach, side, leaves=leaves)
                message = f"{caller} may call {callee}, but {direction} of {policy.name} blocks it"
                mend = f"add {caller if leaves else callee} to {direction}"
                yield Problem("KUBERNETES070", message, _place(policy, direction), mend, pair[0].manifest.place)


def _place(policy: Manifest, direction: str) -> SourceLocation:
    """Return where a policy says what it lets through; its name, where it says nothing."""
    node = key_of(policy.get("spec"), direction)
    return policy.at(node) if node is not None else policy.place


def _policy(reach: Reachability, workload: Workload, *, leaves: bool) -> Manifest:
    """Return the policy that should let a call through: of those that select a workload the one of its name."""
    policies = reach.policies["Ingress" if leaves else "Egress"].get(id(workload), [])
    return next((policy for policy in policies if policy.name == workload.name), (policies or [workload.manifest])[-1])


RULES = (policies_allow_only_declared_calls, policies_allow_declared_calls)
