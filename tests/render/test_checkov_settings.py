"""Checkov reads its settings from the folder that it is told to check, so each such folder has them."""

from stead.model import Backend, Service
from stead.render import docker


def test_the_settings_of_checkov_are_in_each_folder_that_it_may_be_told_to_check():
    files = docker.files(Backend("shop", services=[Service("orders", command="node dist/main.js")]))
    assert files[".checkov.yaml"] == files["docker/.checkov.yaml"] != ""
