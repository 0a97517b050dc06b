"""Third-party images by tag and digest: the digests that several public repositories pin for these tags.

Each is the default of a build argument or of a variable, so that a mirror, an offline build or a newer release can
replace it. S3 is SeaweedFS: MinIO has no more images, Garage has no versioning, and versitygw no expiry.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pin:
    """The name of an argument or variable, and its default."""

    name: str
    image: str


PYTHON = Pin(
    "PYTHON_BASE",
    "docker.io/library/python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285",
)
UV = Pin(
    "UV_BASE",
    "ghcr.io/astral-sh/uv:0.13.0@sha256:cdc6093146eb3ff6a40107b38f008b789e050e77ad87865e381d9917da55a168",
)
NODE = Pin(
    "NODE_BASE",
    "docker.io/library/node:24-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe",
)
GO = Pin(
    "GO_BASE",
    "docker.io/library/golang:1.26-trixie@sha256:87ffdb09b6a2e29ff910748b745395e8a0299aa80b7c0551cdca9b55e3fd2b3e",
)
JAVA = Pin(
    "JAVA_BASE",
    "docker.io/library/eclipse-temurin:25-jre@sha256:fcd7fd7b387f94bb2ac461478a7436ad8e349924c374ea8313919624dceae636",
)
JDK = Pin(
    "JDK_BASE",
    "docker.io/library/eclipse-temurin:25-jdk@sha256:97014c4b396021f9ddb7d592a7dbedb0c4e4215c29e03dc01c393558aefb71c2",
)
BUN = Pin(
    "BUN_BASE",
    "docker.io/oven/bun:1.3-slim@sha256:d56a2534ffd262e92c12fd3249d3924d296d97086da773f821d7d0477435ea04",
)
DOTNET_SDK = Pin(
    "DOTNET_SDK_BASE",
    "mcr.microsoft.com/dotnet/sdk:10.0@sha256:ea8bde36c11b6e7eec2656d0e59101d4462f6bd630730f2c8201ed0572b295d5",
)
DOTNET = Pin(
    "DOTNET_BASE",
    "mcr.microsoft.com/dotnet/aspnet:10.0@sha256:1fa23fc4872d95fd71c2833ebe65d7e84a43b2d51a31d119516852f13d9505a7",
)
RUBY = Pin(
    "RUBY_BASE",
    "docker.io/library/ruby:3.4-slim-trixie@sha256:4677fd16f2b54ef534d18b0e34e20a15726b62c203cb996fd70297a058864c60",
)
PHP = Pin(
    "PHP_BASE",
    "docker.io/library/php:8.4-cli@sha256:f78661b492226388a7057679cc731c3e43bc92ba66cd49a8cfe12374a56bee9f",
)
COMPOSER = Pin(
    "COMPOSER_BASE",
    "docker.io/library/composer:2@sha256:4d71c3c2109c61d5415544264b59ad4087e4c5b7244481723664138fd36d5040",
)
RUST = Pin(
    "RUST_BASE",
    "docker.io/library/rust:1-slim-trixie@sha256:70d3b1a5e21806b8615c3fb2a59abea6e931aa29bf93f0a9d9c46e743beae096",
)
DEBIAN = Pin(
    "DEBIAN_BASE",
    "docker.io/library/debian:trixie-slim@sha256:a29215f6a35e51e22adffa17f89e9d2ef06214e64a2bad10d765c46aea49f11f",
)
ENVOY = Pin(
    "ENVOY_IMAGE",
    "docker.io/envoyproxy/envoy:v1.39.0@sha256:d59f7f5fa10cff6d5892b6c5e7df5c9297ddfb2c3683e33fbfb82da24de4fa66",
)
POSTGRES = Pin(
    "POSTGRES_IMAGE",
    "docker.io/library/postgres:18.4-trixie@sha256:3a82e1f56c8f0f5616a11103ac3d47e632c3938698946a7ad26da0df1334744a",
)
REDIS = Pin(
    "REDIS_IMAGE",
    "docker.io/valkey/valkey:9.1.1-alpine@sha256:ee91f7a174ac4d6a6b0685b3a60e321f0a9dbbb691f9b0e285be2ba1d1be8328",
)
S3 = Pin(
    "S3_IMAGE",
    "docker.io/chrislusf/seaweedfs:4.48@sha256:4e61d15fd35994cb1e43e1e553dff106794841fd9a99ade2fc8c8bfce4d7872d",
)

STEAD = "STEAD_PACKAGE"  # where a project has no Python of its own: what is installed for the agents of proxies
_IMAGES = (PYTHON, UV, NODE, BUN, GO, JAVA, JDK, DOTNET, DOTNET_SDK, RUBY, PHP, COMPOSER, RUST, DEBIAN)
BASES = frozenset((STEAD, *(each.name for each in _IMAGES)))
