"""A plan: every bad one in one clear paragraph, its cells in order, and what keys and seeds depend on."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import scipy
import sympy as sp

from odekit.errors import FileError, InputError, OdekitError, UnknownNameError
from odekit.sweeps import Plan, read_plan
from odekit.sweeps.plan import make_plan
from odekit.sweeps.plan import plan as plan_module

From = Callable[..., Plan]

PREDICT = 'sweep.task = "predict"\n'
GRID = f'{PREDICT}[grid]\ngroup = "Z5"\n'
SOLVE = 'sweep.task = "solve"\n[grid]\nsystem = "ode.toml"\n'
CLAIM = 'sweep.claims = ["lottery-ticket"]\n'
DEEP = ".a" * 40

# By the text of a plan: what the message must name, and what it must say is allowed.
BAD = {
    "": ("plan.toml lacks sweep", "sweep"),
    "sweep = 5": ("sweep of plan.toml", "a table"),
    '[[sweep]]\ntask = "predict"': ("sweep of plan.toml", "a table"),
    "[sweep]": ("says neither claims nor task", "population"),
    'sweep.task = "claims"': ("says no claims", "compare"),
    'swep.task = "predict"': ("key of plan.toml: 'swep'", "Try: 'sweep'"),
    'sweep.task = "compar"': ("sweep.task of plan.toml", "'compare'"),
    "sweep.task = 5": ("sweep.task of plan.toml", "'population'"),
    "sweep.claims = []": ("sweep of plan.toml|sweep.claims of plan.toml", "a list of identifiers"),
    'sweep.claims = ""': ("sweep.claims of plan.toml", "'all'"),
    "sweep.claims = 5": ("sweep.claims of plan.toml", "Received: int 5"),
    "sweep.claims = [5]": ("sweep.claims of plan.toml", "a list of identifiers"),
    'sweep.claims = ["lottery-tickt"]': ("unknown claim 'lottery-tickt'", "Try: 'lottery-ticket'"),
    'sweep.claims = "none.toml"': ("none.toml can't be read", "No such file"),
    'sweep.claims = "ode.toml"': ("ode.toml holds no claim", "claims"),
    f'{PREDICT}sweep.claims = "all"': ("both claims and task", "one of them"),
    f"{PREDICT}sweep.full = true": ("full is of claims", "claims"),
    f"{PREDICT}sweep.seed = -1": ("sweep.seed of plan.toml", "greater than or equal to 0"),
    f"{PREDICT}sweep.seed = 1.0": ("sweep.seed of plan.toml", "a valid integer"),
    f"{PREDICT}sweep.seed = true": ("sweep.seed of plan.toml", "a valid integer"),
    f"{PREDICT}sweep.seed = 2020-01-01": ("sweep.seed of plan.toml", "a valid integer"),
    f"{PREDICT}sweep.seed = {2**53}": ("sweep.seed of plan.toml", f"{2**53 - 1}"),
    f"{PREDICT}sweep.seeds = 0": ("sweep.seeds of plan.toml", "greater than or equal to 1"),
    f"{PREDICT}sweep.seeds = 1_000_001": ("sweep.seeds of plan.toml", "1000000"),
    f'{PREDICT}sweep.table = "xlsx"': ("sweep.table of plan.toml", "'csv' or 'parquet'"),
    f"{PREDICT}sweep.sede = 1": ("key of sweep of plan.toml: 'sede'", "Try: 'seed'"),
    f"{PREDICT}grid = 5": ("grid of plan.toml", "a table"),
    f'{PREDICT}[[grid]]\ngroup = "Z5"': ("grid of plan.toml", "a table"),
    f'{PREDICT}[cells]\ngroup = "Z5"': ("cells of plan.toml", "a list of tables"),
    f"{PREDICT}cells = []": ("cells of plan.toml", "one table or more"),
    f"{PREDICT}cells = [5]": ("cells.0 of plan.toml", "a table"),
    PREDICT: ("[grid] of plan.toml lacks group", "group"),
    f'{PREDICT}grid.group = ["Z5", "Z6", "Z5"]': ("group in [grid] of plan.toml says 'Z5' twice", "once"),
    f"{PREDICT}grid.group = []": ("group in [grid] of plan.toml has 0 values", "1 to 100000"),
    f'{PREDICT}grid.group = [["Z5"]]': ("group in [grid] of plan.toml", "text, a finite number"),
    f"{PREDICT}grid.group = 2020-01-01": ("group in [grid] of plan.toml", "text, a finite number"),
    f'{PREDICT}grid.group = ""': ("group of [grid] of plan.toml: unknown group ''", "Z23"),
    f'{PREDICT}grid.group = "Zp"': ("the order of Zp is a symbol", "'Z23'"),
    f'{PREDICT}grid.group = "Q9"': ("group of [grid] of plan.toml", "Q8"),
    f'{PREDICT}grid.group = "Z99999999999"': ("group of [grid] of plan.toml", "at most 4096"),
    f"{PREDICT}grid.group = {{}}": ("group of [grid] of plan.toml holds no value", "group.x"),
    f"{GRID}neuron = 5": ("key of [grid] of plan.toml: 'neuron'", "Try: 'neurons'"),
    f"{GRID}neurons = 0": ("neurons of [grid] of plan.toml", "greater than or equal to 1"),
    f"{GRID}neurons = 1.5": ("neurons of [grid] of plan.toml", "a valid integer"),
    f"{GRID}neurons = true": ("neurons of [grid] of plan.toml", "a valid integer"),
    f"{GRID}neurons = [1, 1.0]": ("neurons in [grid] of plan.toml says 1.0 twice", "once"),
    f"{GRID}neurons = 1{'0' * 30}": ("neurons in [grid] of plan.toml", "a finite number"),
    f"{GRID}scale = [nan]": ("scale in [grid] of plan.toml", "a finite number"),
    f"{GRID}scale = -inf": ("scale in [grid] of plan.toml", "a finite number"),
    f"{GRID}scale = 1{'0' * 400}": ("scale in [grid] of plan.toml", "a finite number"),
    f"{GRID}scale = -1": ("scale of [grid] of plan.toml", "greater than 0"),
    f'{GRID}scale = "a"': ("scale of [grid] of plan.toml", "a valid number"),
    f'{GRID}activation = "z**"': ("activation of [grid] of plan.toml", "cosh"),
    f'{GRID}init = "x"': ("init of [grid] of plan.toml: unknown init 'x'", "single_frequency"),
    f'{GRID}task = "x*y*"': ("task of [grid] of plan.toml", "numbers, names"),
    f"{GRID}batch = {{a = 1}}": ("key of [grid] of plan.toml: 'batch.a'", "group, neurons"),
    f'{GRID}[[cells]]\ngroup = "Z7"': ("[[cells]] number 1 of plan.toml says group", "one of them"),
    f'{PREDICT}[[cells]]\ngroup = ["Z7"]': ("group of [[cells]] number 1 of plan.toml", "text"),
    f'{PREDICT}[[cells]]\ngroup = "Z7"\n[[cells]]\nscale = 1': ("[[cells]] of plan.toml lacks", "group"),
    f'{PREDICT}[[cells]]\ngroup = "Z7"\n[[cells]]\ngroup = "Z7"\nneurons = 512': (
        "[[cells]] of plan.toml says a cell twice",
        "group = Z7, neurons = 512",
    ),
    f'{PREDICT}sweep.seeds = 1_000_000\n[grid]\ngroup = "Z5"\nneurons = {[*range(1, 12)]}': (
        "plan.toml has too many cells",
        "at most 10,000,000. Received: 11,000,000",
    ),
    'sweep.claims = "all"\n' + "[[cells]]\nneurons = 64\n" * 5000: (
        "[[cells]] of plan.toml is too long",
        "at most 100,000 lines",
    ),
    'sweep.task = "solve"\ngrid.system = "none.toml"\ngrid.t = 1': ("none.toml can't be read", "No such"),
    'sweep.task = "solve"\ngrid.system = "x.py"\ngrid.t = 1': ("system of [grid] of plan.toml", "FILE.toml"),
    'sweep.task = "solve"\ngrid.system = "\\u0000.toml"\ngrid.t = 1': ("is no path", "null byte"),
    f"{SOLVE}start.x = 1": ("[grid] of plan.toml lacks t", "t"),
    f'{SOLVE}t = 1\nstart.x = "a"': ("start.x of [grid] of plan.toml", "a finite number"),
    f"{SOLVE}t = 1\nstart.x = true": ("start.x of [grid] of plan.toml", "a finite number"),
    f"{SOLVE}t = 1\nstar.x = 1": ("key of [grid] of plan.toml: 'star.x'", "start.NAME, parameters.NAME"),
    f"{SOLVE}t = 1\nstart = {{}}": ("start of [grid] of plan.toml holds no value", "start.x"),
    f'{SOLVE}t = 1\n"start.x" = 1\nstart.x = 2': ("[grid] of plan.toml says start.x twice", "once"),
    f"{CLAIM}grid.nurons = 5": ("these claims, in [grid] of plan.toml: 'nurons'", "Try: 'neurons'"),
    f"{CLAIM}grid.neurons = -5": ("neurons of lottery-ticket", "from 32 to 4096"),
    f"{CLAIM}grid.neurons = nan": ("neurons in [grid] of plan.toml", "a finite number"),
    f'{CLAIM}grid.claim = "x"': ("claim is no setting of [grid]", "in [sweep]"),
    f'{CLAIM}[[cells]]\nfile = "x"': ("file is no setting of [grid] or [[cells]]", "in [sweep]"),
    f"{CLAIM}grid.full = true": ("full is no setting of [grid]", "in [sweep]"),
    f'{CLAIM}grid.group = "Zp"': ("group of [grid] of plan.toml", "'Z23'"),
    "a =": ("plan.toml is not a TOML file", "line 1|end of document"),
    f'grid{DEEP} = 1\n{PREDICT}': ("a.a in [grid]|a.a of [grid]", "text"),
    f"sweep{DEEP} = 1": ("key of sweep of plan.toml: 'a'", "seeds"),
    f'grid{100 * DEEP} = 1\n{PREDICT}': ("plan.toml has a key that is too deep", "at most 50 parts"),
    f"{PREDICT}cells = [{{a{DEEP} = 1}}]": ("a.a of [[cells]] number 1", "text"),
}  # fmt: skip


def names_one_of(message: str, texts: str) -> bool:
    return any(text in message for text in texts.split("|"))


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[-40:])
def test_a_bad_plan_is_one_paragraph_that_names_the_key_and_what_is_allowed(
    plan_from: From, text: str
) -> None:
    with pytest.raises(OdekitError) as caught:
        plan_from(text)
    message = str(caught.value)
    assert isinstance(caught.value, InputError)
    key, allowed = BAD[text]
    assert names_one_of(message, key), message
    assert names_one_of(message, allowed), message
    assert "pydantic" not in message
    assert "\n" not in message
    assert len(message) < 800


def test_a_file_that_is_no_text_or_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes('sweep.task = "prédict"'.encode("latin-1"))
    (tmp_path / "wide.toml").write_bytes(PREDICT.encode("utf-16"))
    for name, message in {
        "latin.toml": "not text in UTF-8",
        "wide.toml": "UTF-16",
        "none.toml": "No such file",
        ".": "directory",
    }.items():
        with pytest.raises(FileError, match=message):
            read_plan(tmp_path / name)
    with pytest.raises(InputError, match="no path"):
        read_plan(5)  # type: ignore[arg-type]


GRID_OF_TWELVE = """
[sweep]
task = "predict"
seeds = 2
[grid]
group = ["Z5", "S3"]
scale = [0.1, 0.2, 0.3]
"""


def test_the_seed_changes_fastest_then_the_last_setting_of_the_grid(plan_from: From) -> None:
    plan = plan_from(GRID_OF_TWELVE)
    found = [(cell.settings["group"], cell.settings["scale"], cell.replicate) for cell in plan]
    assert found == [*product(("Z5", "S3"), (0.1, 0.2, 0.3), (0, 1))]


def test_length_iteration_and_index_agree(plan_from: From) -> None:
    lines = 'cells = [{group = "Z5", neurons = 4}, {group = "S3"}]\n'
    plan = plan_from(f"{lines}{PREDICT}sweep.seeds = 3\ngrid.scale = [0.1, 0.2]")
    cells = list(plan)
    assert len(plan) == len(cells) == 12
    assert cells == [plan.cell(place) for place in range(len(plan))]
    assert [cell.settings["neurons"] for cell in cells] == [4] * 6 + [512] * 6
    assert plan.columns == ("group", "neurons", "scale")
    assert plan.values("neurons") == [4, 512]
    assert plan.values("scale") == [0.1, 0.2]


def test_a_value_alone_is_a_list_of_one(plan_from: From) -> None:
    alone, listed = (plan_from(f"{PREDICT}grid.group = {value}") for value in ('"Z5"', '["Z5"]'))
    assert [cell.key for cell in alone] == [cell.key for cell in listed]


def by_settings(plan: Plan) -> dict[tuple[object, ...], tuple[str, int]]:
    return {
        (*sorted(map(str, cell.settings.items())), cell.replicate): (cell.key, cell.seed) for cell in plan
    }


def test_equal_cells_of_different_plans_have_the_same_key_and_seed(plan_from: From) -> None:
    plan = by_settings(plan_from(GRID_OF_TWELVE))
    larger = GRID_OF_TWELVE.replace('["Z5", "S3"]', '["D4", "S3", "Z5"]').replace("seeds = 2", "seeds = 3")
    turned = larger.replace("scale = [0.1, 0.2, 0.3]", "") + "scale = [0.3, 0.1, 0.2]\nneurons = 512\n"
    listed = "".join(
        f'[[cells]]\nscale = {scale}\ngroup = "{group}"\n'
        for scale in (0.2, 0.1, 0.3)
        for group in ("S3", "Z5")
    )
    for text in (larger, turned, f'sweep.task = "predict"\nsweep.seeds = 2\n{listed}'):
        other = by_settings(plan_from(text, name="another.toml"))
        assert plan.items() <= other.items()


@pytest.mark.parametrize(
    "change",
    [
        ("seeds = 2", "seeds = 2\nseed = 1"),
        ("[0.1, 0.2, 0.3]", "[0.11, 0.21, 0.31]"),
        ("predict", "population"),
    ],
)
def test_another_seed_setting_or_task_makes_other_cells(plan_from: From, change: tuple[str, str]) -> None:
    plan, other = plan_from(GRID_OF_TWELVE), plan_from(GRID_OF_TWELVE.replace(*change))
    assert len(other) == len(plan)
    assert not {cell.key for cell in plan} & {cell.key for cell in other}
    assert not {cell.seed for cell in plan} & {cell.seed for cell in other}


def test_other_numerics_make_other_keys_and_keep_the_seeds(
    plan_from: From, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_from(GRID_OF_TWELVE)
    before = [(cell.key, cell.seed) for cell in plan]
    monkeypatch.setattr(plan_module, "NUMERICS", "another")
    for cell, (key, seed) in zip(plan, before, strict=True):
        assert cell.key != key
        assert cell.seed == seed


@pytest.mark.parametrize("library", [np, scipy, sp], ids=["numpy", "scipy", "sympy"])
def test_numerics_name_the_libraries_that_the_last_digits_come_from(library: ModuleType) -> None:
    assert f"{library.__name__} {library.__version__}" in plan_module.NUMERICS


def test_the_content_of_a_named_file_belongs_to_the_key(plan_from: From, tmp_path: Path) -> None:
    text = f"{SOLVE}t = 1\nstart.x = [1, 2]"
    keys = [cell.key for cell in plan_from(text)]
    assert [cell.key for cell in plan_from(text)] == keys
    changed = plan_from(text, **{"ode.toml": '[equations]\nx = "-2*x"\n'})
    assert not {cell.key for cell in changed} & set(keys)


def test_so_does_that_of_the_system_which_a_file_of_claims_names(plan_from: From) -> None:
    claim = 'kind = "rate"\nof = "x"\nformula = "r"\nstart = {x = [1, 2]}\nend = 20\n'
    mine = f'system = "ode.toml"\n[claims.a]\n{claim}'
    one = plan_from('sweep.claims = "mine.toml"', **{"mine.toml": mine})
    other = plan_from(
        'sweep.claims = "mine.toml"',
        **{"mine.toml": mine, "ode.toml": '[equations]\nx = "-2*r*x"\n[parameters]\nr = 0.5\n'},
    )
    assert one.cell(0).key != other.cell(0).key


@pytest.mark.parametrize(
    ("head", "setting"),
    [
        (f'{PREDICT}[grid]\ngroup = "Z5"\n', "scale"),
        (f"{SOLVE}t = 1\n", "start.x"),
        ('sweep.claims = "mine.py"\n', "grid.k"),
        (CLAIM, "grid.neurons"),
    ],
)
def test_one_and_one_point_nought_are_the_same_cell(plan_from: From, head: str, setting: str) -> None:
    files = {"mine.py": CLAIM_OF_MINE}
    whole, decimal = (plan_from(f"{head}{setting} = {value}", **files).cell(0) for value in ("64", "64.0"))
    assert (whole.key, whole.seed) == (decimal.key, decimal.seed)


@pytest.mark.slow
def test_ten_thousand_cells_have_seeds_of_their_own(plan_from: From) -> None:
    text = f"{PREDICT}sweep.seeds = 100\ngrid.group = 'Z5'\ngrid.neurons = {[*range(1, 101)]}"
    plan = plan_from(text)
    seeds = [cell.seed for cell in plan]
    assert len({*seeds}) == len({cell.key for cell in plan}) == len(plan) == 10_000
    assert all(0 <= seed < 2**53 for seed in seeds)
    places = random.Random(0).sample(range(len(plan)), 20)
    assert [plan.cell(place).seed for place in places] == [seeds[place] for place in places]


def test_more_cells_than_a_length_can_be_are_counted_and_refused(plan_from: From) -> None:
    names = ("neurons", "scale", "logit_scale", "t_end", "until", "learning_rate")
    grid = "\n".join(f"{name} = {[*range(1, 201)]}" for name in names)
    with pytest.raises(InputError, match=r"too many cells.*Received: 64,000,000,000,000,000,000\."):
        plan_from(f'sweep.task = "simulate"\nsweep.seeds = 1_000_000\n[grid]\ngroup = "Z5"\n{grid}')


def test_paths_lead_from_the_folder_of_the_plan(
    plan_from: From, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    text = f"{SOLVE}t = 1\nstart.x = 1"
    there = plan_from(text)
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert [*read_plan("../plan.toml")] == [*there]
    assert read_plan("../plan.toml").folder == tmp_path.resolve()


def test_a_plan_of_tables_is_that_of_its_file(plan_from: From, tmp_path: Path) -> None:
    tables = {"sweep": {"task": "predict"}, "grid": {"group": ["Z5"], "scale": 0.1}}
    made = make_plan(tables, "plan.toml", tmp_path)
    assert [*made] == [*plan_from(f"{PREDICT}grid.group = 'Z5'\ngrid.scale = 0.1")]


CLAIM_OF_MINE = """
import odekit

@odekit.claim("half", "A half of k is k/2.", prediction=0.5, takes={"k": float})
def half(settings):
    return odekit.Measurement(settings.value("k", 1.0) / 2, 1e-15)
"""


def test_all_means_the_quick_set_and_files_stand_for_their_claims(plan_from: From) -> None:
    every = [cell.settings["claim"] for cell in plan_from('sweep.claims = "all"')]
    assert "grokking-stages" not in every
    full = [cell.settings["claim"] for cell in plan_from('sweep.claims = "all"\nsweep.full = true')]
    assert {*full} == {*every, "grokking-stages"}
    mixed = plan_from('sweep.claims = ["rank-one", "mine.py"]\ngrid.k = [1, 2]', **{"mine.py": CLAIM_OF_MINE})
    assert [(cell.settings["claim"], cell.settings["k"]) for cell in mixed] == [
        ("rank-one", 1),
        ("rank-one", 2),
        ("half", 1),
        ("half", 2),
    ]
    assert [[*cell.sources] for cell in mixed] == [[], [], ["mine.py"], ["mine.py"]]


def test_what_a_file_of_claims_imports_beside_it_belongs_to_its_cells(
    plan_from: From, tmp_path: Path
) -> None:
    files = {
        "mine.py": f"import math, helper\nfrom parts.one import ONE\n{CLAIM_OF_MINE}",
        "helper.py": "from further import HALF",
        "further.py": "HALF = 0.5",
        "other.py": "",
        "parts/one.py": "ONE = 1",
    }
    (tmp_path / "parts").mkdir()
    found = {}
    for name in ("", *files):
        changed = {**files, name: f"{files[name]}\n# another"} if name else files
        found[name] = plan_from('sweep.claims = ["mine.py"]', **changed).cell(0).key
    assert found.pop("other.py") == found.pop("")
    assert len({*found.values()}) == len(found)


def test_a_claim_named_twice_counts_once_and_two_of_one_name_are_refused(plan_from: From) -> None:
    assert len(plan_from('sweep.claims = ["rank-one", "rank-one"]')) == 1
    mine = CLAIM_OF_MINE.replace('"half"', '"rank-one"')
    with pytest.raises(InputError, match="two claims are called 'rank-one'"):
        plan_from('sweep.claims = ["rank-one", "mine.py"]', **{"mine.py": mine})


def test_a_cell_tells_what_the_plan_sets(plan_from: From) -> None:
    cell = plan_from(GRID_OF_TWELVE).cell(0)
    assert str(cell) == f"group = Z5, scale = 0.1, seed {cell.seed}"


def test_a_setting_that_another_claim_takes_is_allowed(plan_from: From) -> None:
    with pytest.raises(UnknownNameError, match="unknown setting"):
        plan_from('sweep.claims = "rank-one"\ngrid.k = 1')
    plan_from('sweep.claims = ["rank-one", "mine.py"]\ngrid.k = 1', **{"mine.py": CLAIM_OF_MINE})
