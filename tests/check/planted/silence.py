"""The defects of silences."""

from check.defects import change

PLANTED = {
    "SILENCE010": change("orders/app.py", "import json\n", "import json  # stead: ignore[SETTING010]\n"),
    "SILENCE011": change(
        "orders/app.py", "import json\n", "import json  # stead: ignore[SETTING010] it was read here\n"
    ),
}
