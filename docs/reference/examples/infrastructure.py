"""Terraform makes the network, PostgreSQL and the cluster of production in Yandex Cloud; its state is in a bucket."""

from stead import Backend, Environment, Infrastructure, Postgres, Service

orders = Service("orders", app="stead.services.points:create", contract="points", needs=[Postgres()])
servers = Infrastructure("yandex", state="example-terraform-state", region="ru-central1-a")

backend = Backend("shop", services=[orders], environments=[Environment("prod", infrastructure=servers)])
