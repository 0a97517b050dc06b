"""Answers GET /health."""

import os
from os import environ as told
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import now

HEALTH = "/health"
LIMIT = int(os.environ["ORDERS_LIMIT"])
CURRENCY = os.environ.get("ORDERS_CURRENCY", "EUR")  #! SETTING010
PARTNER = told["PARTNER_ADDRESS"]  #! SETTING010
NAME = "ORDERS_REGION"
REGION = os.getenv(NAME)  #! SETTING010
DEBUG = "ORDERS_DEBUG" in os.environ  #! SETTING010
NOW = now()


class Pricing(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PRICING_")

    rounding: int = 2  #! SETTING010
    mode: str = Field(validation_alias="PRICE_MODE")  #! SETTING010
    rules: dict[str, Any] = {}  #! SETTING010
