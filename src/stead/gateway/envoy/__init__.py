"""The parts of Envoy's v3 API that the gateway uses, as typed values.

Each struct mirrors one protobuf message: the same names, unset fields left out, `@type` where the message travels in an
`Any`. The rejected option, Envoy's generated Python protobufs, brings a hundred packages and no strict types.
"""
