"""Pages of reports in a browser: no fault, no request, axe's rules in both lights, links, paper, a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

import odekit
from odekit.claims import Control, Report, Verdict
from odekit.report import comparison_page, findings_page, system_page, verification_page

pytestmark = pytest.mark.slow

Show = Callable[[Path], Page]

CLAIMS = ("decoupling", "even-activations", "relu-leakage")
KINDS = ("verify", "compare", "check", "analyse", "long", "attacked")
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x1b \"' $<svg onload=alert(3)>$"
LONG = "k/6*(" + " + ".join(f"sin({n}*x + y)" for n in range(1, 7)) + ")"
# What sticks out of the page, or is cut off within it.
CUT = """() => [...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const isCut = e.scrollWidth > e.clientWidth + 1 && style.overflowX != 'visible' && e.clientWidth > 0;
    if (matchMedia('screen').matches && e.closest('.wide')) return false;  // these scroll
    const isOut = box.width > 1 && box.right > document.documentElement.clientWidth + 1;
    return isCut || isOut;
}).map(e => e.tagName + ': ' + e.textContent.slice(0, 40))"""


def _attacked() -> Report:
    """A report with a user's text in every place that takes one."""
    verdict = Verdict(
        "evil",
        ATTACK,
        ATTACK,
        "confirmed",
        {ATTACK: 1.0},
        {ATTACK: 1.0},
        budget={ATTACK: 1.0},
        control=Control(ATTACK, "refuted", ATTACK),
        evidence={"checks": {ATTACK: True}},
        text=ATTACK,
    )
    return Report("9.9", 0, {ATTACK: ATTACK}, (verdict,))


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each kind, and one with a user's text in all places."""
    folder = tmp_path_factory.mktemp("pages")
    draft = folder / "draft.toml"
    draft.write_text(
        '[system.equations]\nx = "-x**3"\n[equations]\nx = "-x**2"\n[first_integrals]\nc = "x"\n'
    )
    run = odekit.simulate(odekit.Network("Z5", neurons=8), seed=3, scale=0.1, t_end=80.0, snapshots=9)
    texts = {
        "verify": verification_page(odekit.verify(CLAIMS)),
        "compare": comparison_page([odekit.compare(run)]),
        "check": findings_page(odekit.check(draft)),
        "analyse": system_page(odekit.system({"x": "x*(1 - y)", "y": "y*(x - 1)"})),
        "long": system_page(odekit.system({"x": LONG, "y": "-y"}, parameters="k")),
        "attacked": verification_page(_attacked()),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    (folder / "report.json").write_text("{}")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.mark.parametrize(("light", "width"), [("light", 400), ("dark", 1280)])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(
    pages: dict[str, Path],
    page: Page,
    shown: Show,
    accessible: Callable[[], None],
    kind: str,
    light: str,
    width: int,
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    shown(pages[kind])
    accessible()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_cut_on_a_screen(
    pages: dict[str, Path], page: Page, shown: Show, kind: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    shown(pages[kind])
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_on_paper(pages: dict[str, Path], page: Page, shown: Show, kind: str) -> None:
    # A4 less its margins, at 96 pixels to the inch; paper is light whatever the screen is.
    page.set_viewport_size({"width": 688, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    shown(pages[kind])
    assert page.evaluate(CUT) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_check_of_what_is_cut_sees_it(tmp_path: Path, shown: Show, page: Page) -> None:
    path = tmp_path / "wide.html"
    path.write_text("<p style='width: 3000px'>wide</p><div style='overflow: hidden; width: 9px'>cutoff</div>")
    shown(path)
    assert [told[:1] for told in page.evaluate(CUT)] == ["P", "D"]


def test_every_link_leads_somewhere(pages: dict[str, Path], page: Page, shown: Show) -> None:
    shown(pages["verify"])
    links = page.locator("nav a")
    assert links.count() == len(CLAIMS)
    for place, claim in enumerate(CLAIMS):
        links.nth(place).click()
        assert page.evaluate("location.hash") == f"#claim-{claim}"
        assert page.locator(f"#claim-{claim} h2").inner_text() == claim
        assert page.locator(f"#claim-{claim}").evaluate("e => e === document.querySelector(':target')")
    page.locator("footer a", has_text="report.json").click()
    assert page.url.endswith("/report.json")


def test_every_claim_shows_its_mathematics_its_budget_and_its_figure(
    pages: dict[str, Path], page: Page, shown: Show
) -> None:
    shown(pages["verify"])
    assert page.locator("article figure img").count() == len(CLAIMS)
    assert page.locator("article figcaption").count() == len(CLAIMS)
    assert page.locator("img").evaluate_all("all => all.every(i => i.complete && i.naturalWidth > 0)")
    assert page.locator("#claim-relu-leakage .statement mfrac").count() == 2
    box = page.locator("#claim-relu-leakage .statement mfrac").first.bounding_box()
    assert box is not None
    assert box["height"] > 20
    shares = page.locator("#claim-decoupling .part").evaluate_all("all => all.map(e => e.offsetWidth)")
    whole = page.locator("#claim-decoupling .stack").evaluate("e => e.offsetWidth")
    assert sum(shares) == pytest.approx(whole, abs=3)
    assert "Negative control".upper() in page.locator("#claim-decoupling .control").inner_text().upper()


def test_text_of_a_user_is_shown_and_not_run(pages: dict[str, Path], page: Page, shown: Show) -> None:
    told: list[str] = []
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    shown(pages["attacked"])
    assert page.locator("script, svg, [onerror], [onload]").count() == 0
    assert "<script>alert(1)</script>" in page.locator(".statement").inner_text()
    assert r"\u202e\x1b" in page.locator(".statement").inner_text()
    assert not told
