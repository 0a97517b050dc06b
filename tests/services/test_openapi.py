"""Each service's committed OpenAPI document is what its handlers and routes say, and is a valid document."""

import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

import stead.services
from stead.kit.openapi import main

SHELF = sorted(file.parent for file in Path(stead.services.__file__).parent.glob("*/service.py"))


@pytest.mark.parametrize("folder", SHELF, ids=lambda folder: folder.name)
def test_the_document_is_in_step_and_valid(folder):
    assert main(["--check", f"stead.services.{folder.name}"]) == 0, "run: make openapi"
    validate(json.loads((folder / "openapi.json").read_text()))
