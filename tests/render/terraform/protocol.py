"""The messages of Terraform's plugin protocol 6 that a provider of the tests answers with.

They are built at start from this table, so that no compiler of protocol buffers is needed. A map is written as the
repeated entries that it is on the wire, and an enum as its number.
"""

from functools import cache

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

VALUE, NUMBER, FLAG = "DynamicValue", "int64", "bool"
MESSAGES = {
    "DynamicValue": "msgpack=1:bytes json=2:bytes",
    "RawState": "json=1:bytes",
    "Diagnostic": "severity=1:int64 summary=2:string detail=3:string",
    "Empty": "",
    "Attribute": "name=1:string type=2:bytes nested_type=10:Object required=4:bool optional=5:bool computed=6:bool"
    " sensitive=7:bool write_only=11:bool",
    "Object": "attributes=1:Attribute* nesting=3:int64",
    "Nested": "type_name=1:string block=2:Block nesting=3:int64 min_items=4:int64 max_items=5:int64",
    "Block": "version=1:int64 attributes=2:Attribute* block_types=3:Nested*",
    "Schema": "version=1:int64 block=2:Block",
    "Entry": "key=1:string value=2:Schema",
    "GetProviderSchema.Response": "provider=1:Schema resource_schemas=2:Entry* data_source_schemas=3:Entry*"
    " ephemeral_resource_schemas=8:Entry*",
    "ValidateProviderConfig.Response": "diagnostics=2:Diagnostic*",
    "Diagnostics": "diagnostics=1:Diagnostic*",
    "UpgradeResourceState.Request": "type_name=1:string version=2:int64 raw_state=3:RawState",
    "UpgradeResourceState.Response": "upgraded_state=1:DynamicValue",
    "ReadResource.Request": "type_name=1:string current_state=2:DynamicValue",
    "ReadResource.Response": "new_state=1:DynamicValue",
    "PlanResourceChange.Request": "type_name=1:string prior_state=2:DynamicValue proposed_new_state=3:DynamicValue",
    "PlanResourceChange.Response": "planned_state=1:DynamicValue",
    "ApplyResourceChange.Request": "type_name=1:string prior_state=2:DynamicValue planned_state=3:DynamicValue",
    "ApplyResourceChange.Response": "new_state=1:DynamicValue",
    "ReadDataSource.Request": "type_name=1:string config=2:DynamicValue",
    "ReadDataSource.Response": "state=1:DynamicValue",
    "OpenEphemeralResource.Request": "type_name=1:string config=2:DynamicValue",
    "OpenEphemeralResource.Response": "result=3:DynamicValue",
    "HealthCheckResponse": "status=1:int64",
}
SCALARS = {
    "bytes": descriptor_pb2.FieldDescriptorProto.TYPE_BYTES,
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    "int64": descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
}


@cache
def messages():
    """Return the class of each message by its name."""
    file = descriptor_pb2.FileDescriptorProto(name="tests/provider.proto", package="provider", syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name.replace(".", ""))
        for field in fields.split():
            _add(message, field)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"provider.{name.replace('.', '')}"))
        for name in MESSAGES
    }


def _add(message, text):
    name, _, rest = text.partition("=")
    number, _, kind = rest.partition(":")
    repeated = kind.endswith("*")
    field = message.field.add(name=name, number=int(number), label=3 if repeated else 1)
    kind = kind.rstrip("*")
    if kind in SCALARS:
        field.type = SCALARS[kind]
    else:
        field.type = descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = f".provider.{kind}"
