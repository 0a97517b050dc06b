"""Apps that hang, end their process, print or leave threads behind cost nobody else's answer."""

import json

import pytest

from stead.check.health import app_probe
from stead.check.probe import TRAP, ProbeRequest

WELL = '''"""Says what it is told."""

import json
import os


def create():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(dict(os.environ)).encode()})

    return app
'''
APPS = {
    "well": WELL,
    "hangs": "while True:\n    pass\n",
    "ends": "import os\n\nos._exit(7)\n",
    "exits": "raise SystemExit('no')\n",
    "prints": f'print({{"name": "well"}})\n{WELL}',
    "threads": f"import threading, time\n\nthreading.Thread(target=time.sleep, args=(600,)).start()\n{WELL}",
    "fails": "def create():\n    raise ValueError('of what it says')\n",
    "lasts": WELL,
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    root = tmp_path_factory.mktemp("apps")
    for name, text in APPS.items():
        (root / f"{name}_app.py").write_text(text)
    own = json.dumps([{"method": "GET", "path": "/state", "access": "health"}])  # of the app, and not of its wrapper
    told = {"TOLD": f"http://127.0.0.1:{TRAP}", "SERVICE_NAME": "shop", "SERVICE_ROUTES": own}
    asked = [ProbeRequest(name, f"{name}_app:create", told | {"NAME": name}, ["/state"], 1.0) for name in APPS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_probe, "BUSY", 3.0)
        return app_probe.probe_apps(asked, root)


def test_each_is_told_of(answers):
    assert {name: answer.error for name, answer in answers.items() if answer.error} == {
        "hangs": "it was not finished after 3 s of computing",
        "ends": "it ended its process with 7",
        "exits": "SystemExit: no",
        "fails": "ValueError: of what it says",
    }
    assert list(answers) == [*APPS]


def test_the_others_answer_with_what_they_were_told(answers):
    for name in ("well", "prints", "threads", "lasts"):
        reply = answers[name].replies["/state"]
        assert (reply.status, reply.error, reply.touched) == (200, "", 0)
        assert f'"NAME": "{name}"' in reply.body
        assert TRAP not in reply.body


def test_when_too_many_end_the_rest_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(app_probe, "MOST", 0)
    answers = app_probe.probe_apps([ProbeRequest("well", "well_app:create", {}, ["/state"], 1.0)], tmp_path)
    assert answers["well"].error == "it was not asked: 0 others did not answer"
