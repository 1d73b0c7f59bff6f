"""The page put together: template, style, scripts and what it is told of a system, in one file.

Nothing of a user's is taken for markup or for code: names and texts are in a block of JSON in which every
``<`` is escaped, the script puts them on the page as text, and formulas are code of numbered names. The
policy of the page allows the script and the style with these contents, and no request to anything.
"""

import base64
import hashlib
import html
import json
from importlib.resources import files
from string import Template

from odekit._version import __version__
from odekit.json_text import plain
from odekit.report.explorer.formulas import equations_markup, integrals_markup
from odekit.report.explorer.model import Beginning, code, facts, known_integrals
from odekit.systems import System
from odekit.text import visible

__all__ = ["SCRIPTS", "assembled"]

# In the order in which they build on each other.
SCRIPTS = (
    "integrator.js",
    "format.js",
    "plot.js",
    "state.js",
    "controls.js",
    "figures.js",
    "batch.js",
    "export.js",
    "main.js",
)


def assembled(system: System, beginning: Beginning, title: str) -> str:
    """The whole page.

    Raises
    ------
    ReductionError: an integral, or a function that JavaScript doesn't have.
    LimitError: code that takes too long to write.
    """
    script = "\n".join([code(system), *map(_resource, SCRIPTS)])
    style = _resource("page.css")
    return Template(_resource("page.html")).substitute(
        title=html.escape(visible(title)),
        version=__version__,
        policy=f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'",
        style=style,
        equations=equations_markup(system),
        integrals=integrals_markup(known_integrals(system)[0]),
        model=_embedded(facts(system, beginning, visible(title))),
        script=script,
    )


def _resource(name: str) -> str:
    return (files("odekit.report.explorer") / "page" / name).read_text(encoding="utf-8")


def _digest(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _embedded(value: object) -> str:
    """JSON that no parser of HTML takes for markup."""
    text = json.dumps(plain(value), allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
