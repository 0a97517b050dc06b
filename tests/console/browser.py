"""Chromium, where this machine has it: pages that look at a console, and note whatever goes wrong."""

import shutil
import time
from contextlib import contextmanager

import pytest

SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def chromium():
    """Run Chromium; skip, with the reason, where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make install")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """One page of a console: `wrong` has its errors, `asked` the addresses that it asked."""

    def __init__(self, browser, url, token, **options):
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, "locale": "en-GB", **options})
        self.page = self.context.new_page()
        self.url = url
        self.wrong, self.asked = [], []
        self.page.on(
            "console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{url}/?token={token}")
        self.ready()

    def ready(self):
        self.page.wait_for_selector("html[data-ready]", timeout=15_000)

    def open(self, path):
        self.page.goto(self.url + path)
        self.ready()
        return self.page

    def until(self, holds):
        """Wait for something; a function of the browser's own would be evaluated, which the page forbids."""
        end = time.monotonic() + 8
        while not holds():
            assert time.monotonic() < end, self.page.url
            self.page.wait_for_timeout(50)

    @property
    def foreign(self):
        return [url for url in self.asked if not url.startswith(self.url)]

    def close(self):
        self.context.close()
