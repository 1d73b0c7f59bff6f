"""The built site opens from a disk: no fault, no request to a host, no violation, a search that finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.slow

PAGES = (
    "index",
    "first_minute",
    "guides/index",
    "guides/01_from_loss_to_verdict",
    "guides/files",
    "theory/modular_addition",
    "theory/any_group",
    "gallery",
    "glossary",
    "api/index",
    "api/comparison",
)

Show = Callable[[Path], Page]


@pytest.fixture
def site(built_site: Path | None) -> Path:
    """The folder that `python .docs/build.py` filled."""
    if built_site is None:
        pytest.skip("$ODEKIT_SITE names no built site, and only where $CI is set one is built")
    return built_site


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault_and_no_violation(
    name: str, site: Path, shown: Show, accessible: Callable[[], None]
) -> None:
    page = shown(site / f"{name}.html")
    assert page.locator("h1").count() == 1
    accessible()


def test_a_dark_page_has_no_violation(
    site: Path, shown: Show, page: Page, accessible: Callable[[], None]
) -> None:
    page.emulate_media(color_scheme="dark")
    shown(site / "first_minute.html")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    accessible()


def test_every_formula_of_the_theory_is_numbered_and_linked(site: Path, shown: Show) -> None:
    count = 0
    for path in sorted((site / "theory").glob("*.html")):
        page = shown(path)
        for formula in page.locator("div.math").all():
            count += 1
            assert formula.locator("math").count() == 1
            assert formula.locator(".eqno").inner_text().strip("()").isdigit()
        links = page.locator("div.derived a").all()
        assert len(links) >= page.locator("div.math").count()
        for link in links:
            file, _, mark = str(link.get_attribute("href")).partition("#")
            assert f'id="{mark}"' in (path.parent / file).read_text()
    assert count > 15


def test_mathematics_has_its_own_font(site: Path, shown: Show) -> None:
    page = shown(site / "theory" / "any_group.html")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("""document.fonts.check('16px "odekit math"')""")
    family = page.locator("math").first.evaluate("e => getComputedStyle(e).fontFamily")
    assert family.startswith('"odekit math"')


def test_a_link_to_another_page_and_the_search_work_from_a_disk(site: Path, shown: Show) -> None:
    page = shown(site / "first_minute.html")
    page.locator("main a", has_text="horizon").first.click()
    assert page.url.endswith("glossary.html#term-horizon")
    page.goto((site / "search.html").as_uri() + "?q=horizon")
    page.locator("#search-results li a").first.wait_for()
    assert page.locator("#search-results li").count() > 3


def test_figures_and_tables_of_executed_cells_are_there(site: Path, shown: Show) -> None:
    page = shown(site / "gallery.html")
    images = page.locator("div.cell_output img")
    assert images.count() >= 18
    for image in images.all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("e => e.decode().then(() => e.naturalWidth)") > 100
    first = shown(site / "first_minute.html")
    assert "confirmed" in " ".join(first.locator("div.cell_output").all_inner_texts())
