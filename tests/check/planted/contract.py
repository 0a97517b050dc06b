"""The defects of contracts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from check.defects import Spoil, both, change, remove

ORDERS = "orders/openapi.json"
PRICES = 'Route.public("GET", "/v1/prices")'
READ = 'path}", operation="read"'
ANY = {"200": {"description": "Well."}}
CLIENT = "wishes/contract.py"


def said(edit: Callable[[Any], object], name: str = ORDERS) -> Spoil:
    """Return a defect: a document says something else."""

    def spoil(root: Path) -> None:
        file = root / name
        document = json.loads(file.read_text())
        edit(document)
        file.write_text(json.dumps(document, indent=2) + "\n")

    return spoil


def since(*spoils: Spoil) -> Spoil:
    """Return a defect that shows when compared with what was committed."""
    return both(*spoils, lambda _: {"against": "HEAD"})


def prices(document: Any) -> Any:
    return document["paths"]["/v1/prices"]["get"]


def answer(document: Any) -> Any:
    return prices(document)["responses"]["200"]["content"]["application/json"]["schema"]


def ordering(document: Any) -> Any:
    return document["paths"]["/v1/orders"]["post"]


def body(document: Any) -> None:
    ordering(document)["requestBody"] = {"required": True, "content": {"application/json": {"schema": {}}}}


PLANTED = {
    "CONTRACT010": remove(ORDERS),
    "CONTRACT011": change("backend.py", PRICES, f'{PRICES}, Route.public("GET", "/v1/offers")'),
    "CONTRACT012": said(lambda document: document["paths"].update({"/v1/offers": {"get": {"responses": ANY}}})),
    "CONTRACT013": change("wishes/routes.py", '"""Return a wish."""', '"""Return one wish."""'),
    "CONTRACT014": said(lambda document: document["info"].pop("title")),
    "CONTRACT015": said(lambda document: ordering(document).pop("security")),
    "CONTRACT016": since(
        change("backend.py", f", {PRICES}", ""), said(lambda document: document["paths"].pop("/v1/prices"))
    ),
    "CONTRACT017": since(
        change("backend.py", PRICES, PRICES.replace("GET", "POST")),
        said(lambda document: document["paths"]["/v1/prices"].update(post=document["paths"]["/v1/prices"].pop("get"))),
    ),
    "CONTRACT018": since(
        said(lambda document: (answer(document)["properties"].clear(), answer(document).pop("required")))
    ),
    "CONTRACT019": since(said(body)),
    "CONTRACT020": since(said(lambda document: prices(document)["parameters"][0].update(required=True))),
    "CONTRACT021": since(said(lambda document: prices(document)["parameters"][0]["schema"].update(maxLength=2))),
    "CONTRACT022": since(
        said(
            lambda document: ordering(document)["responses"].update({"200": ordering(document)["responses"].pop("201")})
        )
    ),
    "CONTRACT023": since(
        change("backend.py", PRICES, PRICES.replace("public", "user")),
        said(lambda document: prices(document).update(security=[{"user": []}])),
    ),
    "CONTRACT024": since(said(lambda document: answer(document).pop("required"))),
    "CONTRACT025": change(CLIENT, "/grants", "/grant"),
    "CONTRACT026": change(
        CLIENT,
        '"GET", f"/v1/wishes/{quote(wish_id, safe=\'\')}", operation="read"',
        '"POST", f"/v1/wishes/{quote(wish_id, safe=\'\')}/grants", operation="grant"',
    ),
    "CONTRACT027": change(CLIENT, 'operation="read"', 'operation="grant"'),
}
