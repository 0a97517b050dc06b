"""envoy.config.core.v3: addresses, sources of data, headers."""

from collections.abc import Mapping
from typing import Literal

from stead.gateway.envoy.message import Message


class SocketAddress(Message):
    address: str
    port_value: int


class Pipe(Message):
    path: str
    mode: int | None = None


class Address(Message):
    socket_address: SocketAddress | None = None
    pipe: Pipe | None = None


class WatchedDirectory(Message):
    path: str


class DataSource(Message):
    filename: str | None = None
    inline_string: str | None = None
    watched_directory: WatchedDirectory | None = None


class PathConfigSource(Message):
    path: str
    watched_directory: WatchedDirectory | None = None


class ConfigSource(Message):
    path_config_source: PathConfigSource
    resource_api_version: Literal["V3"] | None = None


class SdsSecretConfig(Message):
    name: str
    sds_config: ConfigSource


class HeaderValue(Message):
    key: str
    value: str


AppendAction = Literal["ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD", "APPEND_IF_EXISTS_OR_ADD"]


class HeaderValueOption(Message):
    header: HeaderValue
    append_action: AppendAction | None = None


class HttpUri(Message):
    uri: str
    cluster: str
    timeout: str


class HttpService(Message):
    http_uri: HttpUri


class TypedExtension(Message):
    """envoy.config.core.v3.TypedExtensionConfig: a name, and a message that says its own type."""

    name: str
    typed_config: Message


class SubstitutionFormatString(Message):
    json_format: Mapping[str, object]
    content_type: str | None = None


class GenericSecret(Message):
    secret: DataSource


class Secret(Message, type="envoy.extensions.transport_sockets.tls.v3.Secret"):
    name: str
    generic_secret: GenericSecret


def overwrite(key: str, value: str) -> HeaderValueOption:
    """Set a header, whatever was there."""
    return HeaderValueOption(header=HeaderValue(key=key, value=value), append_action="OVERWRITE_IF_EXISTS_OR_ADD")


def add_if_absent(key: str, value: str) -> HeaderValueOption:
    return HeaderValueOption(header=HeaderValue(key=key, value=value), append_action="ADD_IF_ABSENT")
