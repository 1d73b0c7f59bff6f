"""Sine, cosine and exponential without a branch, as text of a kernel, for a compiler's vector instructions.

Their error is below 2 units in the last place for angles up to 1e8; beyond, sine and cosine are NaN.
Source: k pi/2 is subtracted in four parts of 27 bits, so that three products are exact (Cody and Waite,
"Software Manual for the Elementary Functions", chapter 8); fdlibm's ``__kernel_sin`` and ``__kernel_cos``.
"""

from collections.abc import Iterable

__all__ = ["EXPONENTIAL", "EXPONENTIAL_FUNCTIONS", "WAVES", "WAVE_FUNCTIONS", "functions_in"]

WAVE_FUNCTIONS = ("quarters", "turned", "short_sine", "short_cosine", "sine", "cosine")
EXPONENTIAL_FUNCTIONS = ("bits", "number", "two_to", "exponential")


def functions_in(lines: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """The functions that lines of code call, as names, callees first, and as text."""
    written = "\n".join(lines)
    waves = "sine(" in written or "cosine(" in written
    exponential = "exponential(" in written
    names = (*(WAVE_FUNCTIONS if waves else ()), *(EXPONENTIAL_FUNCTIONS if exponential else ()))
    return names, (WAVES if waves else "") + (EXPONENTIAL if exponential else "")


WAVES = '''

def quarters(x):
    """The integer nearest to x / (pi/2), as a float; NaN beyond 1e8."""
    x = x if abs(x) <= 1e8 else np.nan
    return (x * 0.6366197723675814 + 6755399441055744.0) - 6755399441055744.0


def turned(x, k):
    """x - k pi/2."""
    r = (x - k * 1.570796325802803) - k * 9.920935739593517e-10
    return (r - k * 5.721188709663575e-18) - k * 1.6446256936324258e-26


def short_sine(r):
    z = r * r
    tail = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10
    tail = -1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 + z * tail)
    tail = 8.33333333332248946124e-03 + z * tail
    return r + z * r * (-1.66666666666666324348e-01 + z * tail)


def short_cosine(r):
    z = r * r
    tail = 2.08757232129817482790e-09 + z * -1.13596475577881948265e-11
    tail = 2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 + z * tail)
    tail = -1.38888888888741095749e-03 + z * tail
    w = 1.0 - 0.5 * z
    return w + (((1.0 - w) - 0.5 * z) + z * z * (4.16666666666666019037e-02 + z * tail))


def sine(x):
    k = quarters(x)
    r = turned(x, k)
    q = k - 4.0 * ((k * 0.25 + 6755399441055744.0) - 6755399441055744.0)
    s, c = short_sine(r), short_cosine(r)
    value = c if abs(q) == 1.0 else s
    return -value if (q < 0.0) | (q > 1.5) else value


def cosine(x):
    k = quarters(x)
    r = turned(x, k)
    q = k - 4.0 * ((k * 0.25 + 6755399441055744.0) - 6755399441055744.0)
    s, c = short_sine(r), short_cosine(r)
    value = s if abs(q) == 1.0 else c
    return -value if (q > 0.0) | (q < -1.5) else value
'''

# The power of two is applied in two halves, so that what is subnormal or overflows comes out right.
EXPONENTIAL = '''

def bits(x):
    return np.float64(x).view(np.int64)


def number(n):
    return np.int64(n).view(np.float64)


def two_to(k):
    """2**k for a whole number k, as a float, between -1022 and 1023."""
    return number((bits(k + 6755399441055744.0) << 52) + 0x3FF0000000000000)


def exponential(x):
    y = x if x > -800.0 else -800.0
    y = y if y < 800.0 else 800.0
    k = (y * 1.4426950408889634 + 6755399441055744.0) - 6755399441055744.0
    r = (y - k * 0.6931471803691238) - k * 1.9082149292705877e-10
    tail = 2.08767569878681e-09 + r * 1.6059043836821613e-10
    tail = 2.505210838544172e-08 + r * tail
    tail = 2.755731922398589e-07 + r * tail
    tail = 2.7557319223985893e-06 + r * tail
    tail = 2.48015873015873e-05 + r * tail
    tail = 1.984126984126984e-04 + r * tail
    tail = 1.3888888888888889e-03 + r * tail
    tail = 8.333333333333333e-03 + r * tail
    tail = 4.1666666666666664e-02 + r * tail
    tail = 1.6666666666666666e-01 + r * tail
    part = 1.0 + (r + r * r * (0.5 + r * tail))
    half = (k * 0.5 + 6755399441055744.0) - 6755399441055744.0
    return part * two_to(half) * two_to(k - half) if x == x else x
'''
