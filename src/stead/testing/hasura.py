"""A stand-in for Hasura's metadata API (GraphQL Engine 2): real HTTP, for development, stories and tests.

It keeps tracked tables, their customization, relationships and permissions as the published API says, answers
`bulk` and `bulk_keep_going`, and refuses what Hasura refuses: 400 `{code, error, path}`. It reads no database. What a
person would do in the console is done here under `/stand-in/`:

    POST /stand-in/fault  {type, name, status, times}   the next operations of a type on a table fail

Source: Hasura GraphQL Engine 2, "Metadata API Reference".
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.params import JSONBody

from stead.kit.asgi import ASGIApp
from stead.kit.health import Health
from stead.kit.settings import ServiceSettings, read
from stead.model import secret

SUCCESS = {"message": "success"}
RELATIONSHIPS = ("object_relationships", "array_relationships")


class HasuraSettings(ServiceSettings):
    """What the stand-in is told."""

    hasura_graphql_admin_secret: str = secret(help="The one secret that it accepts.")


class Fault(msgspec.Struct):
    """Failures to come: of operations of a `type`, on the table `name`, with a `status` for the whole request."""

    type: str
    name: str = ""
    status: int = 400
    times: int = 1


class Refused(Exception):  # noqa: N818 - the API's own answer
    """An operation that is refused, or a request that fails."""

    def __init__(self, code: str, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"code": code, "error": error, "path": "$.args"}


class Hasura:
    """The metadata of one Hasura."""

    def __init__(self, admin_secret: str) -> None:
        self.admin_secret = admin_secret
        self.tables: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        self.faults: list[Fault] = []
        self.asked: Counter[str] = Counter()
        self._known: Mapping[str, Callable[[dict[str, Any]], Any]] = {
            "pg_track_table": self._track,
            "pg_untrack_table": self._untrack,
            "pg_set_table_customization": self._customize,
            "pg_create_object_relationship": lambda args: self._relate("object_relationships", args),
            "pg_create_array_relationship": lambda args: self._relate("array_relationships", args),
            "pg_create_select_permission": self._permit,
            "pg_drop_select_permission": self._forbid,
            "export_metadata": lambda _args: self._exported(),
            "reload_metadata": lambda _args: {**SUCCESS, "is_consistent": True},
        }

    def call(self, request: Mapping[str, Any]) -> Any:
        """Answer one operation, or a bulk of them; Refused when it is not done."""
        kind, args = request.get("type", ""), request.get("args")
        self.asked[kind] += 1
        if kind == "bulk":
            return [self.call(each) for each in args or []]
        if kind == "bulk_keep_going":
            return [self._answered(each) for each in args or []]
        if kind not in self._known or not isinstance(args, dict):
            raise Refused("parse-failed", f"unknown metadata command {kind!r}")
        self._fail(kind, args)
        return self._known[kind](args)

    def _answered(self, request: Mapping[str, Any]) -> Any:
        try:
            return self.call(request)
        except Refused as refused:
            if refused.status >= 500:
                raise
            return refused.body

    def _fail(self, kind: str, args: Mapping[str, Any]) -> None:
        name = args.get("table", {}).get("name", "") if isinstance(args.get("table"), dict) else ""
        for fault in self.faults:
            if fault.type == kind and fault.name in ("", name):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                raise Refused("unexpected", "a fault that was asked for", fault.status)

    def _track(self, args: dict[str, Any]) -> Any:
        tables, key = self.tables.setdefault(args["source"], {}), _key(args["table"])
        if key in tables:
            raise Refused("already-tracked", f'view/table already tracked: "{key[1]}"')
        tables[key] = {"configuration": args.get("configuration") or {}, "select_permissions": {}}
        for kind in RELATIONSHIPS:
            tables[key][kind] = {}
        return SUCCESS

    def _untrack(self, args: dict[str, Any]) -> Any:
        table = self._table(args)
        if not args.get("cascade") and any(table[kind] for kind in (*RELATIONSHIPS, "select_permissions")):
            raise Refused("dependency-error", "cannot drop due to the following dependent objects")
        del self.tables[args["source"]][_key(args["table"])]
        return SUCCESS

    def _customize(self, args: dict[str, Any]) -> Any:
        self._table(args)["configuration"] = args.get("configuration") or {}
        return SUCCESS

    def _relate(self, kind: str, args: dict[str, Any]) -> Any:
        table = self._table(args)
        if any(args["name"] in table[each] for each in RELATIONSHIPS):
            raise Refused("already-exists", f'relationship "{args["name"]}" already exists')
        table[kind][args["name"]] = args["using"]
        return SUCCESS

    def _permit(self, args: dict[str, Any]) -> Any:
        permissions = self._table(args)["select_permissions"]
        if args["role"] in permissions:
            raise Refused("already-exists", f'permission already exists for role "{args["role"]}"')
        permissions[args["role"]] = args["permission"]
        return SUCCESS

    def _forbid(self, args: dict[str, Any]) -> Any:
        if self._table(args)["select_permissions"].pop(args["role"], None) is None:
            raise Refused("permission-denied", f'permission for role "{args["role"]}" does not exist')
        return SUCCESS

    def _table(self, args: Mapping[str, Any]) -> dict[str, Any]:
        table = self.tables.get(args["source"], {}).get(_key(args["table"]))
        if table is None:
            raise Refused("not-exists", f'table "{args["table"]["name"]}" does not exist in source')
        return table

    def _exported(self) -> dict[str, Any]:
        sources = [
            {"name": source, "kind": "postgres", "tables": [_shown(*each) for each in sorted(tables.items())]}
            for source, tables in sorted(self.tables.items())
        ]
        return {"version": 3, "sources": sources}


def _key(table: Mapping[str, str]) -> tuple[str, str]:
    return table.get("schema", "public"), table["name"]


def _shown(key: tuple[str, str], table: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"table": {"schema": key[0], "name": key[1]}, "configuration": table["configuration"]}
    for kind in RELATIONSHIPS:
        shown[kind] = [{"name": name, "using": using} for name, using in sorted(table[kind].items())]
    permissions = sorted(table["select_permissions"].items())
    shown["select_permissions"] = [{"role": role, "permission": permission} for role, permission in permissions]
    return shown


def app(hasura: Hasura) -> Litestar:
    """Return the metadata API as an ASGI app."""

    @post("/v1/metadata")
    async def metadata(request: Request[Any, Any, Any]) -> Response[Any]:
        if request.headers.get("x-hasura-admin-secret") != hasura.admin_secret:
            wrong = {"code": "access-denied", "error": "invalid admin-secret/access-key", "path": "$"}
            return Response(wrong, status_code=401)
        try:
            return Response(hasura.call(await request.json()), status_code=200)
        except Refused as refused:
            return Response(refused.body, status_code=refused.status)

    @get("/healthz")
    async def healthz() -> str:
        return "OK"

    @post("/stand-in/fault")
    async def fault(data: JSONBody[Fault]) -> None:
        hasura.faults.append(data)

    return Litestar([metadata, healthz, fault], logging_config=None, openapi_config=None)


def create() -> ASGIApp:
    """Return the stand-in as a service of a backend: with the health contract, without boundary; only for dev."""
    settings = read(HasuraSettings)
    inner: Any = app(Hasura(settings.hasura_graphql_admin_secret))
    return Health(inner, settings)
