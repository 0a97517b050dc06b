"""The committed OpenAPI document is what the code says, and is one."""

import json
from pathlib import Path

from openapi_spec_validator import validate

from stead.kit import openapi
from stead.services import content


def test_the_document_is_what_the_code_says():
    assert openapi.main(["--check", content.__name__]) == 0


def test_the_document_is_openapi():
    validate(json.loads(Path(content.__file__).with_name("openapi.json").read_text()))
