"""A database that a program is told in parts: adopt writes which variable holds what, and the password is a secret."""

from adopt.adopting import adopted, node, service
from stead.model.wiring import wires

COMPOSE = """
services:
  shop:
    build: shop
    environment:
      DB_HOST: db
      DB_PORT: "5432"
      DB_DATABASE: shop
      DB_USERNAME: shop
      DB_PASSWORD: ${DB_PASSWORD}
      DB_POOL: "5"
      REDIS_HOST: cache
      REDIS_PORT: "6379"
  report:
    build: report
    environment:
      DB_HOST: db
      DB_PORT: "5432"
      DB_DATABASE: shop
      DB_USERNAME: shop
      DB_PASSWORD: ${DB_PASSWORD}
  billing:
    build: billing
    environment:
      SPRING_DATASOURCE_URL: jdbc:postgresql://db:5432/billing
      SPRING_DATASOURCE_USERNAME: billing
      SPRING_DATASOURCE_PASSWORD: ${BILLING_PASSWORD}
  odd:
    build: odd
    environment:
      PG_SERVER_LIST: "db:5432"
  db: {image: "postgres:16"}
  cache: {image: "redis:8"}
"""


def test_split_variables_of_a_compose_file_become_parts(tmp_path):
    names = ("shop", "report", "billing", "odd")
    text, backend = adopted(
        tmp_path, {"compose.yaml": COMPOSE} | {k: v for name in names for k, v in node(name).items()}
    )
    shop, report, billing = (service(backend, name) for name in names[:3])
    database = next(need for need in shop.resources if need.kind == "postgres")
    assert database.parts == {
        "host": "DB_HOST", "port": "DB_PORT", "name": "DB_DATABASE", "user": "DB_USERNAME", "password": "DB_PASSWORD",
    }  # fmt: skip
    cache = next(need for need in shop.resources if need.kind == "redis")
    assert cache.parts == {"host": "REDIS_HOST", "port": "REDIS_PORT"}
    assert "in which variable it reads its Redis user" in text
    assert [each.name for each in shop.declared if each.name.startswith(("DB_", "REDIS_"))] == ["DB_POOL"]
    assert report.resources == (database,), "one host and one name are one database"
    assert billing.resources[0].parts == {
        "jdbc": "SPRING_DATASOURCE_URL", "user": "SPRING_DATASOURCE_USERNAME", "password": "SPRING_DATASOURCE_PASSWORD",
    }  # fmt: skip
    found = {wire.setting.name: wire.setting for wire in wires(backend, shop, backend.environments[0])}
    assert found["DB_PASSWORD"].secret
    assert "how it takes one URL: it reads PG_SERVER_LIST" in text, "what is not a part is said"
