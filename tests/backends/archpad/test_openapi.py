"""The committed API documents, which the services serve, are what their handlers and routes say."""

import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

import arch_repo
import tenant_service
from stead.kit.openapi import main


@pytest.mark.parametrize("package", [tenant_service, arch_repo], ids=lambda package: package.__name__)
def test_the_document_is_in_step_and_valid(package):
    name = package.__name__
    assert main(["--check", name]) == 0, f"run: PYTHONPATH=backends/archpad python -m stead.kit.openapi {name}"
    validate(json.loads(Path(package.__file__).with_name("openapi.json").read_text()))
