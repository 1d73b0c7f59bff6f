"""The explorer in a browser: its numbers are those of `solve`, and everything on it can be used."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from playwright.sync_api import Browser, Page, expect

import odekit
from odekit.arrays import FloatArray
from odekit.report.explorer import model

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
Shown = Callable[[Path], Page]
LOTKA = """
[equations]
x = "x*(a - y)"
y = "r*y*(x - 1)"
[parameters]
a = 1
r = 0.5
"""
# Ten times what the page's tolerance of 1e-9 a step may add up to, and what the issue of agreement is.
AGREES = 1e-6


def result(page: Page) -> str:
    """The page's own words on its result, which come when nothing moves any more."""
    found = page.locator("#result")
    expect(found).not_to_be_empty()
    return found.inner_text()


def number(text: str) -> float:
    """A number as the page writes it."""
    return float(text.replace("\N{MINUS SIGN}", "-"))


def table(page: Page) -> dict[str, FloatArray]:
    """What the page saves as CSV, by name."""
    with page.expect_download() as download:
        page.click("#save-csv")
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text())))
    values = np.array([[float(entry) for entry in row] for row in rows[1:]])
    return dict(zip(rows[0], values.T, strict=True))


def gap(page: Page, system: odekit.System, parameters: dict[str, float], until: float = 1.0) -> float:
    """Largest difference to `solve` at the times of the CSV, relative to the largest value of each state."""
    saved = table(page)
    names = [state.name for state in system.states]
    kept = saved["t"] <= until * saved["t"][-1]
    t = saved["t"][kept]
    start = [saved[name][0] for name in names]
    solution = odekit.solve(system, start, t, parameters=parameters, rtol=1e-11)
    return max(
        float(np.abs(saved[name][kept] - solution[name][:, 0]).max() / np.abs(solution[name]).max())
        for name in names
    )


@pytest.fixture
def opened(tmp_path: Path, shown: Shown) -> Callable[..., Page]:
    """Writes the page of a system and opens it."""

    def open_page(system: Any, **options: Any) -> Page:
        return shown(odekit.explore(system, tmp_path / "page.html", **options))

    return open_page


@pytest.fixture
def lotka(tmp_path: Path, opened: Callable[..., Page]) -> Page:
    file = tmp_path / "lotka.toml"
    file.write_text(LOTKA)
    return opened(file, start={"x": 1.5, "y": 0.7}, t_end=30.0)


def field(values: dict[str, float] | None = None) -> odekit.System:
    return odekit.system("x' = x*(a - y); y' = r*y*(x - 1)", "a r" if values is None else values)


@pytest.mark.slow
def test_lotka_volterra_of_a_file_is_that_of_solve(lotka: Page) -> None:
    assert "Reached t = 30" in result(lotka)
    assert gap(lotka, field(), {"a": 1.0, "r": 0.5}) < AGREES
    assert number(lotka.inner_text("#integrals tbody td:nth-of-type(2)")) < 1e-8


@pytest.mark.slow
def test_the_blow_up_of_modular_addition_is_the_exact_one(opened: Callable[..., Page]) -> None:
    system = odekit.derive(odekit.Network("Zp"))
    start = {"alpha": 0.1, "phi": 0.4, "beta": 0.12, "psi": -0.7}
    page = opened(system, start=start, parameters={"p": 23.0}, t_end=10.0)
    (exact,) = odekit.blow_up_time([0.1], [0.12], [1.5], 23.0)
    assert f"Blow-up at t ≈ {exact:.6f}"[:-1] in result(page)
    assert page.locator("#result").get_attribute("data-status") == "blow-up"
    assert gap(page, system, {"p": 23.0}, until=0.95) < AGREES


@pytest.mark.slow
def test_the_averaged_attention_flow_is_followed_implicitly(
    opened: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    attention = import_module("attention")
    start = dict(zip(("m1", "m2", "w1", "w2"), attention.START, strict=True))
    page = opened(attention.flow(), start=start, t_end=attention.END)
    assert "Rodas5P" in result(page)
    assert page.is_checked("#log-time")
    assert gap(page, attention.flow(), {}) < AGREES


FIELDS = {
    "polynomials": ({"x": "-x + y*z", "y": "x*z - y**3", "z": "1 - x*y - z/2"}, 6.0),
    "functions": ({"x": "tanh(y) - erf(x)", "y": "exp(-x**2) - atan(y)/(1 + x**2)"}, 8.0),
    "kinks": ({"x": "abs(y - 1/2) - x", "y": "relu(x) - y + step(x - 1)/3 - sign(y)/5"}, 5.0),
    "time": ({"x": "y", "y": "-sin(x) - y/10 + cos(2*t)/(2 + step(t - 3))"}, 9.0),
    "stiff": ({"x": "-1e5*(x - cos(y))", "y": "1 + x/10"}, 4.0),
}


@pytest.mark.parametrize(
    "name",
    ["functions", *(pytest.param(name, marks=pytest.mark.slow) for name in FIELDS if name != "functions")],
)
def test_other_fields_are_those_of_solve(name: str, opened: Callable[..., Page]) -> None:
    equations, end = FIELDS[name]
    system = odekit.system(equations)
    page = opened(system, t_end=end)
    assert f"Reached t = {end:g}" in result(page)
    assert gap(page, system, {}) < AGREES


def random_field(seed: int) -> odekit.System:
    """A random cubic field that is pulled back to 0, of two to four states, with parameters."""
    rng = np.random.default_rng(seed)
    names = ["u", "v", "w", "z"][: rng.integers(2, 5)]
    parts = [*names, *(f"sin({name})" for name in names), "k*cos(u)", "u*v", "q/(1 + v**2)"]
    return odekit.system(
        {
            name: " + ".join(f"{rng.normal():.3f}*{part}" for part in rng.choice(parts, 4)) + f" - {name}**3"
            for name in names
        },
        "k q",
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_random_fields_are_those_of_solve(seed: int, opened: Callable[..., Page]) -> None:
    values = {"k": 0.3 + seed, "q": -1.2}
    page = opened(random_field(seed), parameters=values, t_end=7.0)
    assert gap(page, random_field(seed), values) < AGREES


@pytest.mark.slow
def test_a_wrong_right_hand_side_would_be_seen(
    opened: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = model.javascript_function
    monkeypatch.setattr(
        model, "javascript_function", lambda *given: right(*given).replace("y0 = y[0]", "y0 = 1.0001*y[0]")
    )
    page = opened(field(), start={"x": 1.5, "y": 0.7}, parameters={"a": 1.0, "r": 0.5}, t_end=30.0)
    assert gap(page, field(), {"a": 1.0, "r": 0.5}) > 10 * AGREES


def last(page: Page, name: str) -> float:
    """The last value of a quantity in the table, once the page has drawn what was chosen."""
    expect(page.locator("#values")).to_have_attribute("aria-busy", "false")
    return number(page.inner_text(f'#values tr[data-name="{name}"] td:last-child'))


def solved(a: float, r: float, start: tuple[float, float]) -> Any:
    return odekit.solve(field(), list(start), 30.0, parameters={"a": a, "r": r}, rtol=1e-11)


@pytest.mark.slow
def test_sliders_and_fields_move_parameters_and_start(lotka: Page) -> None:
    lotka.locator("#parameter-0-slider").focus()
    lotka.keyboard.press("ArrowRight")
    lotka.keyboard.press("ArrowRight")
    a = float(lotka.input_value("#parameter-0"))
    assert a == pytest.approx(1.02)
    assert last(lotka, "x") == pytest.approx(solved(a, 0.5, (1.5, 0.7))["x"][-1, 0], abs=AGREES)
    lotka.fill("#parameter-1", "0.8")
    lotka.fill("#start-1", "1.25")
    assert last(lotka, "y") == pytest.approx(solved(a, 0.8, (1.5, 1.25))["y"][-1, 0], abs=AGREES)
    assert float(lotka.input_value("#parameter-1-slider")) == pytest.approx(0.8, abs=0.01)


def test_what_is_no_number_is_refused_and_the_rest_stays(opened: Callable[..., Page]) -> None:
    x = sp.Symbol("x", positive=True)
    page = opened(odekit.system({x: -x}), t_end=1.0)
    before = last(page, "x")
    page.fill("#start-0", "-1")
    expect(page.locator("#complaint")).to_have_text("x is positive.")
    assert page.get_attribute("#start-0", "aria-invalid") == "true"
    page.fill("#start-0", "")
    expect(page.locator("#complaint")).to_have_text("x needs a number.")
    page.fill("#end", "0")
    expect(page.locator("#complaint")).to_have_text("The last time is a positive number.")
    assert last(page, "x") == before
    page.click("#reset")
    expect(page.locator("#complaint")).to_be_empty()


@pytest.mark.slow
def test_the_start_is_dragged_and_moved_by_keys(lotka: Page) -> None:
    box = lotka.locator("#handle").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lotka.mouse.move(x, y)
    lotka.mouse.down()
    lotka.mouse.move(x - 40, y - 30, steps=4)
    lotka.mouse.up()
    start = (float(lotka.input_value("#start-0")), float(lotka.input_value("#start-1")))
    assert start[0] < 1.4
    assert start[1] > 0.75
    assert last(lotka, "x") == pytest.approx(solved(1.0, 0.5, start)["x"][-1, 0], abs=AGREES)
    assert lotka.evaluate("document.activeElement.id") == "handle"
    lotka.keyboard.press("Shift+ArrowLeft")
    lotka.keyboard.press("ArrowUp")
    moved = (float(lotka.input_value("#start-0")), float(lotka.input_value("#start-1")))
    assert moved[0] < start[0]
    assert moved[1] > start[1]
    assert last(lotka, "y") == pytest.approx(solved(1.0, 0.5, moved)["y"][-1, 0], abs=AGREES)
    assert "arrow keys" in str(lotka.get_attribute("#handle", "aria-label"))


@pytest.mark.slow
def test_values_are_read_at_any_time(lotka: Page) -> None:
    lotka.fill("#read-time", "12.5")
    found = lotka.inner_text('#values tr[data-name="x"] td:nth-of-type(2)')
    exact = odekit.solve(field(), [1.5, 0.7], 12.5, parameters={"a": 1.0, "r": 0.5}, rtol=1e-11)
    assert float(found) == pytest.approx(exact["x"][-1, 0], abs=AGREES)
    assert lotka.inner_text("#read-head") == "at t = 12.5"


@pytest.mark.slow
def test_a_link_holds_what_was_chosen(lotka: Page, shown: Shown, tmp_path: Path) -> None:
    lotka.fill("#start-0", "2.25")
    lotka.fill("#parameter-1", "0.75")
    lotka.fill("#end", "17")
    lotka.fill("#parameter-0", "1e+21")
    assert lotka.input_value("#parameter-0") == "1e+21"
    lotka.check("#log-time")
    lotka.select_option("#axis-x", "1")
    lotka.uncheck("#shown-1")
    value = last(lotka, "x")
    lotka.click("#copy-link")
    link = lotka.url
    assert "#y=2.25,0.7&p=1e21,0.75&end=17" in link
    lotka.goto("about:blank")
    lotka.goto(link)
    assert last(lotka, "x") == value
    assert lotka.input_value("#start-0") == "2.25"
    assert float(lotka.input_value("#parameter-0")) == 1e21
    assert lotka.is_checked("#log-time")
    assert not lotka.is_checked("#shown-1")
    assert lotka.input_value("#axis-x") == "1"
    lotka.goto("about:blank")
    lotka.goto(f"{link.partition('#')[0]}#y=1&p=<b>")
    expect(lotka.locator("#complaint")).to_contain_text("does not fit")
    assert lotka.input_value("#start-0") == "1.5"


HOSTILE = (
    "</script><script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    "`${window.broken = 1}`",
)


@pytest.mark.slow
def test_names_and_titles_are_never_markup_nor_code(opened: Callable[..., Page]) -> None:
    x, y, k = (sp.Symbol(name, real=True) for name in HOSTILE)
    system = odekit.System({x: -k * x + y, y: -x}, odekit.systems.ANY, (k,), conditions=(HOSTILE[0],))
    page = opened(system, title="".join(HOSTILE) + "\x00\x1b[31m", t_end=5.0)
    assert "Reached t = 5" in result(page)
    assert page.evaluate("window.broken") is None
    assert page.locator("img, script:not([type])").count() == 0
    assert HOSTILE[1] in page.inner_text("h1")
    assert page.inner_text("#parameter-rows label") == HOSTILE[2]
    assert HOSTILE[0] in page.inner_text("#equations")


@pytest.mark.slow
def test_words_of_javascript_may_be_names(opened: Callable[..., Page]) -> None:
    system = odekit.system({"let": "-var*window", "window": "let - window/2"}, "var")
    page = opened(system, t_end=4.0, parameters={"var": 2.0})
    assert gap(page, system, {"var": 2.0}) < AGREES


@pytest.mark.slow
def test_a_start_off_a_constraint_is_moved_onto_it(opened: Callable[..., Page]) -> None:
    flow = odekit.gradient_flow("x**2 + 2*y**2 + x*y", "x y", constraint={"circle": "x**2 + y**2 - 1"})
    page = opened(flow, start={"x": 2.0, "y": 1.0}, t_end=3.0)
    assert "moved onto the constraint" in result(page)
    saved = table(page)
    np.testing.assert_allclose(saved["x"] ** 2 + saved["y"] ** 2, 1.0, atol=1e-8)
    assert gap(page, flow, {}) < AGREES


def random_numbers(seed: int) -> Callable[[], float]:
    """Mulberry32, as the page has it."""
    state = seed

    def product(a: int, b: int) -> int:
        return a * b & 0xFFFFFFFF

    def draw() -> float:
        nonlocal state
        state = state + 0x6D2B79F5 & 0xFFFFFFFF
        mixed = product(state ^ state >> 15, state | 1)
        mixed = (mixed + product(mixed ^ mixed >> 7, mixed | 61) & 0xFFFFFFFF) ^ mixed
        return (mixed ^ mixed >> 14) / 2**32

    return draw


@pytest.mark.slow
def test_winners_of_random_starts_are_those_of_the_exact_blow_up_times(opened: Callable[..., Page]) -> None:
    system = odekit.derive(odekit.Network("Z7"), "all")
    page = opened(system, t_end=1000.0)
    page.fill("#batch-count", "60")
    page.fill("#batch-seed", "4")
    page.click("#batch-run")
    expect(page.locator("#winners")).to_be_visible(timeout=20_000)
    counts = [int(text) for text in page.locator("#winners td.count").all_inner_texts()]

    draw = random_numbers(4)
    first = [float(page.input_value(f"#start-{i}")) for i in range(12)]
    starts = np.empty((12, 60))
    for column in starts.T:
        for i, state in enumerate(system.states):
            share = 2.0 * draw() - 1.0
            column[i] = np.pi * share if state in system.angles else abs(first[i] * (1.0 + share))
    alpha, phi, beta, psi = starts.reshape(4, 3, 60)
    times = odekit.blow_up_time(alpha.ravel(), beta.ravel(), (2.0 * phi - psi).ravel(), 7.0).reshape(3, 60)
    assert counts == np.bincount(times.argmin(axis=0), minlength=3).tolist()
    assert page.inner_text("#batch-result") == "Of 60 starts 60 blew up."


@pytest.mark.slow
def test_a_batch_that_can_not_be_is_refused_in_words(lotka: Page) -> None:
    lotka.fill("#batch-count", "0")
    lotka.click("#batch-run")
    expect(lotka.locator("#batch-result")).to_contain_text("from 1 to 5000")


@pytest.mark.slow
def test_a_batch_ends_when_something_else_is_chosen(lotka: Page) -> None:
    lotka.fill("#batch-count", "5000")
    lotka.click("#batch-run")
    expect(lotka.locator("#batch-run")).to_have_text("Stop")
    lotka.fill("#start-0", "1.75")
    expect(lotka.locator("#batch-result")).to_have_text("Stopped, since something else was chosen.")
    expect(lotka.locator("#batch-run")).to_have_text("Run")


@pytest.mark.slow
def test_figures_are_saved_as_png(lotka: Page) -> None:
    for figure in ("trajectories", "portrait", "drift"):
        with lotka.expect_download() as download:
            lotka.click(f'[data-save="{figure}"]')
        assert download.value.suggested_filename == f"lotka_{figure}.png"
        assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_the_page_is_accessible(lotka: Page, scheme: Any, accessible: Callable[[], None]) -> None:
    lotka.emulate_media(color_scheme=scheme)
    lotka.click("#batch-run")
    expect(lotka.locator("#last-values")).to_be_visible()
    accessible()


@pytest.mark.slow
def test_a_narrow_page_is_accessible_and_does_not_scroll_sideways(
    opened: Callable[..., Page], page: Page, accessible: Callable[[], None]
) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    opened(odekit.derive(odekit.Network("Z7"), "all"))
    result(page)
    accessible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.slow
def test_focus_is_seen_and_everything_is_reached_by_tab(lotka: Page) -> None:
    reached = []
    for _ in range(40):
        lotka.keyboard.press("Tab")
        reached.append(lotka.evaluate("document.activeElement.id"))
    assert {"copy-link", "start-0-slider", "start-0", "end", "cursor", "axis-x", "handle"} <= set(reached)
    lotka.locator("#handle").focus()
    lotka.keyboard.press("ArrowUp")
    assert lotka.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize(
    ("equations", "told"),
    [
        ("x' = x", "numbers are too large"),
        ("x' = -1/x", "Stopped at t = 1.125"),
        ("x' = log(-x)", "not defined at this start"),
        pytest.param("x' = -sign(x)", "held at a jump", marks=pytest.mark.slow),
    ],
)
def test_an_early_end_is_told_in_words(opened: Callable[..., Page], equations: str, told: str) -> None:
    assert told in result(opened(odekit.system(equations), start={"x": 1.5}, t_end=1000.0))


def test_the_policy_lets_no_request_out(
    browser: Browser, tmp_path: Path, watched: Callable[[Page], list[str]]
) -> None:
    path = odekit.explore(odekit.system("x' = -x"), tmp_path / "page.html")
    assert path.stat().st_size < 1_000_000
    with browser.new_context() as context:
        page = context.new_page()
        faults = watched(page)
        page.goto(path.as_uri())
        asked = "fetch('http://localhost:9/').then(() => 'let out', () => 'refused')"
        assert page.evaluate(asked) == "refused"
    assert any("Content Security Policy" in fault for fault in faults)


def test_no_table_hides_a_column(lotka: Page) -> None:
    boxes = "[...document.querySelectorAll('.scroll')]"
    assert lotka.evaluate(f"{boxes}.filter(box => box.scrollWidth > box.clientWidth).length") == 0


@pytest.mark.parametrize("ends", [(0.45, 1.9), (0.0, 9.99), (-4.96, -4.55), (1.0, 1.0001), (-3.0, 3.0)])
def test_an_axis_bears_two_ticks_at_least(page: Page, ends: tuple[float, float]) -> None:
    written = files("odekit.report.explorer") / "page"
    code = "".join((written / name).read_text(encoding="utf-8") for name in ("format.js", "plot.js"))
    marks = page.evaluate(f"ends => {{ {code}; return linearTicks(ends, 2).map(tick => tick.at); }}", ends)
    assert ends[0] - 1e-9 <= marks[0] < marks[-1] <= ends[1] + 1e-9
