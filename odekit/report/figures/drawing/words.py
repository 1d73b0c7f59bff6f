"""Labels in the papers' notation, and text from elsewhere that no label takes for a formula."""

import re
import unicodedata

__all__ = ["TIME", "in_math", "plain_text", "symbol_text"]

# What t counts: descent adds up its learning rates, and a flow's t is the limit of that.
TIME = r"flow time $t$ (learning rate $\times$ steps)"

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi|chi|"
    "psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_NAME = re.compile(r"([A-Za-z]+?)_?([0-9]*)$")


def in_math(name: str) -> str:
    r"""A name as TeX without its dollars; of what is no letter with a number, upright text.

    >>> in_math("theta1"), in_math("D"), in_math("x_2"), in_math("my_state")
    ('\\theta_{1}', 'D', 'x_{2}', '\\mathrm{my\\_state}')
    """
    found = _NAME.match(name)
    stem, number = found.groups() if found else (name, "")
    below = f"_{{{number}}}" if number else ""
    if found and _GREEK.fullmatch(stem):
        return f"\\{stem}{below}"
    if found and len(stem) == 1:
        return f"{stem}{below}"
    return rf"\mathrm{{{_spelled(name)}}}"


def symbol_text(name: str) -> str:
    """The name as a label, a Greek letter where it is one; as plain text where it holds more than letters."""
    return f"${in_math(name)}$" if re.fullmatch(r"[A-Za-z0-9_]+", name) else plain_text(name)


def plain_text(text: str) -> str:
    r"""Text that is shown as it is: no dollar begins a formula, and control characters are left out.

    >>> plain_text("loss in $\n")
    'loss in \\$ '
    """
    kept = (" " if unicodedata.category(letter).startswith("C") else letter for letter in text)
    return "".join(kept).replace("$", r"\$")


def _spelled(name: str) -> str:
    return name.replace("_", r"\_")
