"""A provider of the tests: it has the schemas of a cloud, and makes nothing.

Terraform is told of it by TF_REATTACH_PROVIDERS, so that it is neither downloaded nor started by Terraform.
"""

import itertools
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
import msgspec

from render.terraform import schema, values
from render.terraform.protocol import messages

SERVICES = ("tfplugin6.Provider", "grpc.health.v1.Health")
EMPTY = ("ValidateResourceConfig", "ValidateDataResourceConfig", "ConfigureProvider", "ValidateEphemeralResourceConfig",
         "CloseEphemeralResource")  # fmt: skip


class Provider:
    """The answers of one provider to the requests of the protocol."""

    def __init__(self, name):
        self._schemas = schema.read(name)
        self._count = itertools.count(1001)

    def handlers(self):
        """Return the handler of each request by its name."""
        types = messages()
        empty = {name: ("Empty", "Diagnostics", lambda _: types["Diagnostics"]()) for name in EMPTY}
        answered = {
            "GetProviderSchema": ("Empty", "GetProviderSchema.Response", self._schema),
            "ValidateProviderConfig": ("Empty", "ValidateProviderConfig.Response", self._validated),
            "Check": ("Empty", "HealthCheckResponse", lambda _: types["HealthCheckResponse"](status=1)),
        }
        changes = {
            "UpgradeResourceState": self._upgraded,
            "ReadResource": self._read,
            "PlanResourceChange": self._planned,
            "ApplyResourceChange": self._applied,
            "ReadDataSource": self._data,
            "OpenEphemeralResource": self._opened,
        }
        changed = {name: (f"{name}.Request", f"{name}.Response", answer) for name, answer in changes.items()}
        return {
            name: grpc.unary_unary_rpc_method_handler(
                lambda request, _, answer=answer: answer(request),
                request_deserializer=types[asked].FromString,
                response_serializer=types[said].SerializeToString,
            )
            for name, (asked, said, answer) in (empty | answered | changed).items()
        }

    def _schema(self, _):
        types = messages()

        def one(described):
            return types["Schema"](block=schema.block(types, described))

        def every(kind):
            return [types["Entry"](key=name, value=one(each)) for name, each in self._schemas[kind].items()]

        return types["GetProviderSchema.Response"](
            provider=one(self._schemas["provider"]),
            resource_schemas=every("resources"),
            data_source_schemas=every("data"),
            ephemeral_resource_schemas=every("ephemeral"),
        )

    def _validated(self, _):
        return messages()["ValidateProviderConfig.Response"]()

    def _upgraded(self, request):
        state = values.written(msgspec.json.decode(request.raw_state.json))
        return _answer("UpgradeResourceState", "upgraded_state", state)

    def _read(self, request):
        return _answer("ReadResource", "new_state", request.current_state.msgpack)

    def _planned(self, request):
        proposed, prior = values.read(request.proposed_new_state), values.read(request.prior_state)
        if proposed is not None:
            proposed = values.planned(self._schemas["resources"][request.type_name], proposed, prior)
        return _answer("PlanResourceChange", "planned_state", values.written(proposed))

    def _applied(self, request):
        planned = values.read(request.planned_state)
        if planned is not None:
            planned = self._made("resources", request.type_name, planned)
        return _answer("ApplyResourceChange", "new_state", values.written(planned))

    def _data(self, request):
        return _answer("ReadDataSource", "state", values.written(self._computed("data", request)))

    def _opened(self, request):
        return _answer("OpenEphemeralResource", "result", values.written(self._computed("ephemeral", request)))

    def _computed(self, kind, request):
        described = self._schemas[kind][request.type_name]
        return self._made(kind, request.type_name, values.planned(described, values.read(request.config), None))

    def _made(self, kind, name, planned):
        text = str(next(self._count)) if kind == "resources" else "1000"  # what is read is the same each time
        given = self._schemas["values"]
        described = self._schemas[kind][name]
        return values.applied(described, planned, lambda name, type_: values.sample(type_, text, given, name))


def _answer(name, field, value):
    types = messages()
    return types[f"{name}.Response"](**{field: types["DynamicValue"](msgpack=value)})


@contextmanager
def served(sources, folder):
    """Serve providers, by name and address in the registry; yield what Terraform needs to reach them."""
    servers, reach = [], {}
    for name, source in sources.items():
        address = folder / f"{name}.sock"
        server = grpc.server(ThreadPoolExecutor(4))
        for service in SERVICES:
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, Provider(name).handlers()),))
        server.add_insecure_port(f"unix:{address}")
        server.start()
        servers.append(server)
        place = {"Network": "unix", "String": str(address)}
        reach[source] = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True, "Addr": place}
    try:
        yield {"TF_REATTACH_PROVIDERS": json.dumps(reach)}
    finally:
        for server in servers:
            server.stop(None).wait()
