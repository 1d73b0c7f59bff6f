"""A browser without a window, in which a page may say no error and ask no host for anything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

# What is on this machine, or in the page itself.
OWN = ("file:", "data:", "blob:", "about:")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that $ODEKIT_CHROMIUM names."""
    found = os.environ.get("ODEKIT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium is installed, and $ODEKIT_CHROMIUM names none")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def watched() -> Callable[[Page], list[str]]:
    """Notes a page's faults from now on, in a list that grows: console errors and requests to hosts."""

    def watch(page: Page) -> list[str]:
        faults: list[str] = []
        page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(OWN) else faults.append(asked.url))
        return faults

    return watch


@pytest.fixture
def page(browser: Browser, watched: Callable[[Page], list[str]]) -> Iterator[Page]:
    """An empty page of 1280 by 900; the test fails if it had a fault."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened = context.new_page()
    faults = watched(opened)
    yield opened
    context.close()
    assert not faults


@pytest.fixture
def accessible(page: Page) -> Callable[[], None]:
    """A check of the open page by axe's rules: it fails with what they say."""

    def check() -> None:
        # Without its preload, which would ask for the style sheets once more.
        found = Axe().run(page, options={"preload": False})
        assert not found.violations_count, found.generate_report()

    return check


@pytest.fixture
def shown(page: Page) -> Callable[[Path], Page]:
    """Opens a file in the page."""

    def show(path: Path) -> Page:
        page.goto(path.resolve().as_uri())
        return page

    return show
