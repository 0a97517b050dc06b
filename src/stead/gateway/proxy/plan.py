"""The plan of a proxy's agent: one token for each declared call of each program."""

from stead.gateway.agent.plan import Plan, Token
from stead.gateway.proxy.deployment import ProxyDeployment


def key_setting(caller: str) -> str:
    """Return the setting in which the agent finds a program's private key."""
    return f"SERVICE_JWT_SECRET_{caller.replace('-', '_').upper()}"


def plan(deployment: ProxyDeployment) -> Plan:
    """Return the agent's plan."""
    return Plan(
        deployment.name,
        tuple(
            Token(call.callee, call.operations, issuer=call.caller, key=key_setting(call.caller))
            for call in deployment.outbound
            if not call.signs
        ),
    )
