from typing import TYPE_CHECKING

import fastapi
import httpx

if TYPE_CHECKING:
    import pytest


def create():
    return fastapi.FastAPI(), httpx
