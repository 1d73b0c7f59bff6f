"""Sine and cosine without a branch, as text of a kernel, which a compiler turns into vector instructions.

Their error is below 2 units in the last place for angles up to 1e8; beyond, they are NaN.
Source: k pi/2 is subtracted in four parts of 27 bits, so that three products are exact (Cody and Waite,
"Software Manual for the Elementary Functions", chapter 8); fdlibm's ``__kernel_sin`` and ``__kernel_cos``.
"""

__all__ = ["WAVES", "WAVE_FUNCTIONS"]

WAVE_FUNCTIONS = ("quarters", "turned", "short_sine", "short_cosine", "sine", "cosine")

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
