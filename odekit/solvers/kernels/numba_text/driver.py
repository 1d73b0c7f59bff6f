"""The part of a kernel's text that every system shares: who enters a lane, what is recorded, who leaves.

It calls what a method's text defines before it: ``begin`` chooses a first step, ``advance`` takes a step of
every lane, ``resume`` finds the derivative after a breakpoint, ``inside`` prepares to look into these steps,
and ``value`` is a state at the time that is due.
"""

__all__ = ["DRIVER"]

DRIVER = '''

def larger(a, b):
    return a if a > b else b


def smaller(a, b):
    return a if a < b else b


def column(values, b):
    """Where trajectory b finds its own value, or the one that all share."""
    return min(b, values.shape[-1] - 1)


def bound(w, i, b, passed, breakpoints):
    """Looks for the breakpoints next to where lane i stands: its step ends at the latest at the next one."""
    c = column(breakpoints, b)
    while passed < len(breakpoints) and breakpoints[passed, c] <= w[T + i]:
        passed += 1
    before = breakpoints[passed - 1, c] if passed > 0 else -np.inf
    after = breakpoints[passed, c] if passed < len(breakpoints) else np.inf
    w[LOW + i] = before * (1.0 + GAP) + LEAST_GAP * w[END + i]
    w[HIGH + i] = after * (1.0 - GAP) - LEAST_GAP * w[END + i]
    w[GOAL + i] = min(w[END + i], after)
    return passed


def admit(w, i, b, y0, p, times, rtol, atol, h0, max_step, breakpoints, behind):
    """Puts trajectory b into lane i, and says whether its state and derivative are finite."""
    w[T + i], w[H + i], w[REJECTED + i], w[ERROR + i] = 0.0, h0[column(h0, b)], 0.0, 0.0
    w[END + i], w[DUE + i] = times[-1, column(times, b)], times[0, column(times, b)]
    w[RTOL + i], w[ATOL + i] = rtol[column(rtol, b)], atol[column(atol, b)]
    w[STEPS + i], w[FATE + i] = 0.0, GOING
    for j in range(STATES):
        w[Y + j * LANES + i] = y0[j, b]
    for j in range(PARAMETERS):
        w[P + j * LANES + i] = p[j, column(p, b)]
    w[MAX_STEP + i] = max_step[column(max_step, b)]
    behind[i] = bound(w, i, b, 0, breakpoints)
    begin(w, i)
    w[H + i] = min(w[H + i], w[MAX_STEP + i])
    finite = True
    for j in range(STATES):
        finite &= abs(w[Y + j * LANES + i]) <= LARGEST and abs(w[F + j * LANES + i]) <= LARGEST
    return finite


def write(w, i, b, cursor, times, y):
    """Writes down the requested times that lane i has reached, and returns how many there are by now."""
    while w[DUE + i] <= w[T + i]:
        if w[DUE + i] < w[T + i]:
            for j in range(STATES):
                y[cursor, j, b] = value(w, i, j)
        else:
            for j in range(STATES):
                y[cursor, j, b] = w[Y + j * LANES + i]
        cursor += 1
        w[DUE + i] = times[cursor, column(times, b)] if cursor < len(times) else np.inf
    return cursor


def run(first, last, max_steps, y0, p, times, rtol, atol, h0, max_step, breakpoints,
        y, status, t_reached, steps, error, w, index, cursor, behind):
    """Follows the trajectories from number first up to last; a lane that is through takes the next one."""
    w[:] = 0.0
    index[:] = -1
    waiting, live = first, 0
    while live > 0 or waiting < last:
        for i in range(LANES):
            while index[i] < 0 and waiting < last:
                finite = admit(w, i, waiting, y0, p, times, rtol, atol, h0, max_step, breakpoints, behind)
                cursor[i] = write(w, i, waiting, 0, times, y)
                if finite and w[END + i] > 0.0:
                    index[i] = waiting
                    live += 1
                else:
                    status[waiting] = SUCCESS if finite else NOT_FINITE
                waiting += 1
        advance(w, max_steps)
        passed = False
        for i in range(LANES):
            passed |= index[i] >= 0 and w[DUE + i] < w[T + i]
        if passed:
            inside(w)
        for i in range(LANES):
            b = index[i]
            if b < 0:
                continue
            if w[DUE + i] <= w[T + i]:
                cursor[i] = write(w, i, b, cursor[i], times, y)
            if w[FATE + i] != GOING:
                status[b], steps[b] = w[FATE + i], w[STEPS + i]
                t_reached[b], error[b] = w[T + i], w[ERROR + i]
                index[i] = -1
                live -= 1
            elif w[T + i] >= w[GOAL + i]:
                behind[i] = bound(w, i, b, behind[i], breakpoints)
                resume(w, i)
'''
