"""How is another notation written here? Carets, typographic signs, superscripts, other names of functions."""

import re
from collections.abc import Collection

__all__ = ["other_word", "respelt"]

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d", "-"),
        **dict.fromkeys("\u00b7\u0387\u22c5\u2219\u30fb\u00d7\u2217\u2022\uff0a", "*"),
        **dict.fromkeys("\u00f7\u2215\u2044\uff0f", "/"),
        **dict.fromkeys("\u207a\uff0b", "+"),
        "\u207b": "-",
        "\uff08": "(",
        "\uff09": ")",
    }
)
_RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_POWER = re.compile(f"(\u207b?)([{_RAISED}]+)")
_SIDE_BY_SIDE = re.compile(r"[\w)]\s+[\w(]|\)\s*\w|(?<!\w)\d+(?![eE][-+]?\d)[^\W\d]")
_OTHER_WORDS = {
    **{"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "tg": "tan", "sgn": "sign"},
    **{"signum": "sign", "fabs": "abs", "heaviside": "step", "theta": "step", "ramp": "relu"},
    **{"log2": "log(x)/log(2)", "log10": "log(x)/log(10)", "sec": "1/cos(x)", "csc": "1/sin(x)"},
    **{"cot": "cos(x)/sin(x)", "cbrt": "x**(1/3)", "sigmoid": "1/(1 + exp(-x))", "pow": "x**2"},
    **{"arctg": "atan", "sech": "1/cosh(x)", "coth": "cosh(x)/sinh(x)", "square": "x**2"},
}


def respelt(text: str) -> str:
    """How to write what another notation means, for a message; empty where none is recognised.

    >>> respelt("x^2"), respelt("2\\N{MIDDLE DOT}x\\N{SUPERSCRIPT TWO}")
    ("** for powers: 'x**2'", "plain signs: '2*x**2'")
    """
    if "\\" in text:
        return "names without a backslash, * between factors and parentheses, such as 2*alpha*cos(D)"
    plain = _POWER.sub(_raised, text).translate(_SIGNS).replace("^", "**")
    if plain != text:
        return f"{'** for powers' if plain == text.replace('^', '**') else 'plain signs'}: {plain[:60]!r}"
    if text.count("(") != text.count(")"):
        return "as many closing as opening parentheses"
    return "* between factors, such as 2*x*y" if _SIDE_BY_SIDE.search(text) else ""


def other_word(function: str, known: Collection[str]) -> str:
    """What a function of another name is called here; empty where nothing of that kind is known.

    >>> other_word("ln", ("log", "sin"))
    "'log'"
    """
    word = _OTHER_WORDS.get(function.casefold(), "")
    used = re.findall(r"[a-z]+(?=\()", word) or ([] if re.search(r"\W", word) else [word])
    return repr(word) if word and all(name in known for name in used) else ""


def _raised(found: re.Match[str]) -> str:
    digits = "".join(str(_RAISED.index(digit)) for digit in found[2])
    return f"**{'-' if found[1] else ''}{digits}"
