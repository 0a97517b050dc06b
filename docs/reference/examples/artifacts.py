"""Gradle builds the jars of all services once; each image takes its own."""

from stead import Artifacts, Backend, Github, Service

orders = Service("orders", command="java -jar build/libs/orders.jar", folder="orders")

backend = Backend(
    "shop",
    services=[orders],
    registry="ghcr.io/example",
    pipelines=[Github(artifacts=Artifacts("./gradlew build", ["*/build/libs/*.jar"]))],
)
