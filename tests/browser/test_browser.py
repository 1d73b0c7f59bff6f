"""The browser's own checks can fail: an error, a request and a fault of a page are seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

GOOD = (
    '<!doctype html><html lang="en"><head><title>t</title></head><body><main><h1>x</h1></main></body></html>'
)


@pytest.mark.slow
def test_a_page_without_faults_passes(
    tmp_path: Path, shown: Callable[[Path], Page], accessible: Callable[[], None]
) -> None:
    path = tmp_path / "page.html"
    path.write_text(GOOD)
    assert shown(path).inner_text("h1") == "x"
    accessible()


def test_a_picture_without_words_is_a_violation(
    tmp_path: Path, shown: Callable[[Path], Page], accessible: Callable[[], None]
) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        GOOD.replace("<h1>x</h1>", '<h1>x</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">')
    )
    shown(path)
    with pytest.raises(AssertionError, match="image-alt"):
        accessible()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("<script>missing()</script>", "missing is not defined"),
        ("<script>console.error('bad')</script>", "bad"),
        ('<img alt="" src="http://localhost:9/x.png">', "http://localhost:9/x.png"),
    ],
)
def test_errors_and_requests_are_seen(
    browser: Browser, watched: Callable[[Page], list[str]], tmp_path: Path, fault: str, told: str
) -> None:
    path = tmp_path / "page.html"
    path.write_text(GOOD.replace("</main>", fault + "</main>"))
    with browser.new_context() as context:
        page = context.new_page()
        faults = watched(page)
        page.goto(path.as_uri())
    assert told in " ".join(faults)
