"""solve: from a system, initial states and times to a `Solution`."""

from collections.abc import Mapping, Sequence

from numpy.typing import ArrayLike

from odekit.arguments import chosen, flag
from odekit.solvers.backends import check_backend
from odekit.solvers.moments import follow_clock
from odekit.solvers.problem import CompiledSystem, Event, InitialStates, Solution, pose, read_events
from odekit.solvers.roads import chosen_road
from odekit.systems import System

__all__ = ["METHODS", "solve"]

METHODS = ("auto", "exact", "dop853", "taylor", "rodas5p")


def solve(
    system: System | CompiledSystem,
    y0: InitialStates,
    t: ArrayLike,
    *,
    parameters: Mapping[str, ArrayLike] | None = None,
    rtol: ArrayLike = 1e-8,
    atol: ArrayLike | None = None,
    t0: ArrayLike = 0.0,
    method: str = "auto",
    backend: str = "auto",
    events: Event | str | Sequence[Event | str] = (),
    dense: bool = False,
    max_steps: int = 100_000,
    h0: ArrayLike | None = None,
    max_step: ArrayLike | None = None,
) -> Solution:
    """Solves y' = f(t, y, p) from t0 on or back, for a batch, each trajectory with its own steps and status.

    A derived system that has a `cheapest_form` is integrated in that form, without trigonometry, and the
    states asked for are computed from it; tolerances are then those of the form's states, and a phase is the
    continuous one as long as it turns by less than half a turn between requested times. A `CompiledSystem`
    fixes the form too, and so do events and dense output, which look at each step's own states.

    Parameters
    ----------
    system: a `System` of odekit.derive, gradient_flow or system; or a `CompiledSystem`, which fixes the
        backend.
    y0: (state, batch) or (state,) float64, or a mapping from state to scalar or (batch,). A mapping that
        names a closed subset of states and definitions (such as alpha, beta, D) solves that subset.
    t: end time; or (time,) requested times; or (time, batch), times of its own for each trajectory. They lead
        away from t0, later and later or, backward in time, earlier and earlier.
    parameters: scalar or (batch,) for each parameter of the system.
    t0: time of the initial states, scalar or (batch,).
    rtol, atol: tolerances of a step's error, scalar or (batch,); atol is ``1e-3 rtol max|y0|`` where omitted.
    method: "exact" (closed form, where there is one); "dop853"; "taylor" (series of order 16, for vector
        fields polynomial in the states and in t, on numpy and numba: fewer and longer steps, and requested
        times come from the series itself; it has no rejected steps, and ``h0`` bounds the first step by
        10 h0); "rodas5p" (for stiff flows, on numpy and numba: L-stable of order 5, with the exact Jacobian
        from the formulas, on numpy sparse beyond 64 states); or "auto": exact where possible (a closed form,
        no events, no dense output), else taylor on numba where the vector field is polynomial with few
        products, else dop853, which on numpy leaves a trajectory to rodas5p once stability rather than
        accuracy holds back some twenty steps and a thousand like them are ahead: `Solution.method` then is
        "dop853, rodas5p"; on numba all are rodas5p's where this befalls one of sixteen that are tried first,
        if the field is fast where they start. A `CompiledSystem` takes the steps of its own method under
        "auto".
    backend: "numpy"; "numba" (the same method as machine code on all cores, no events, no dense output;
        compiling takes seconds, once a machine, and minutes beyond some ten states; sines of more than 1e8
        are not finite); "jax" (the same method in float64 on what JAX runs on, an accelerator or the CPU, no
        events, no dense output; compiling takes seconds, once a process and shape; trajectories on which
        numbers come below 1e-276, which JAX may take for 0, are numpy's); "mpmath" (40 digits,
        slow; its steps are exact to 35 digits whatever the tolerances, no events, no dense output); or
        "auto": numba where it is installed and can do what is asked, for at least 100,000 trajectories of at
        most 8 states, else numpy. They agree to the tolerance, not to the last bit. A closed form takes no
        steps and is the same float64 formulas on every backend but mpmath, which integrates. A system whose
        states switch its field (step(x), abs(x), ...) is numpy's, at the tolerances given, whatever the
        backend; the solution's ``backend`` then says so.
    events: moments to look for: one `Event` or several, each also by its text, such as ``"x - 1/2"``.
    dense: whether `Solution.at` shall work.
    max_steps: steps that a trajectory may try.
    h0: first step size, positive, scalar or (batch,); chosen where omitted.
    max_step: longest step, positive, scalar or (batch,); no bound where omitted. Steps end where the formulas
        show that they jump or bend (in step, sign, abs, relu, Min, Max, floor, Piecewise), at a time that t
        and the parameters fix or where a function of the states is zero, and where they have a narrow peak
        at a time that t and the parameters fix. May be stepped over, unless this is shorter than the time it
        takes: a smooth but narrow peak in the states, such as exp(-((x - 5)/0.001)**2), which no formula
        shows, and what states switch in a field of more than 64 such functions. A closed form takes no
        steps.

    Returns
    -------
    `Solution` with t (time, batch), y (time, state, batch) and status (batch,); ``solution["alpha"]`` is a
    state, (time, batch). A trajectory that fails is a status, such as ``step_too_small`` at a blow-up before
    the end time, or ``sliding`` where the field points to a jump from both sides; it raises nothing and
    leaves the others alone.

    Raises
    ------
    InputError: something else than a system.
    InputError: initial states, times, parameters or tolerances that don't fit the system.
    InputError: a start that violates the system's constraint, with the residual.
    InputError: a first or longest step size that isn't positive, or a step cap that isn't a positive integer.
    InputError: a formula that jumps with a sine of more than 100,000 turns before the end.
    InputError: ``method="exact"`` without a closed form, or ``method="taylor"`` and a vector field that isn't
        polynomial, or ``method="rodas5p"`` and another backend than numpy and numba or a derivative without
        code.
    InputError: the backend doesn't exist or isn't installed.
    InputError: events or dense output together with ``method="exact"``, or a backend that has neither.
    UnknownNameError: a state, parameter or method that doesn't exist.

    Examples
    --------
    >>> import odekit
    >>> decay = odekit.system({"x": "-k*x"}, parameters="k")
    >>> solve(decay, [[1.0, 2.0]], 1.0, parameters={"k": 1.0})["x"].round(6).tolist()
    [[0.367879, 0.735759]]
    """
    chosen("method", method, METHODS)
    events, dense = read_events(events), flag(dense, "dense")
    fixed = system.backend if isinstance(system, CompiledSystem) else backend
    check_backend(fixed, needs_steps=bool(events) or dense)
    problem = pose(
        system,
        y0,
        t,
        parameters=parameters,
        rtol=rtol,
        atol=atol,
        t0=t0,
        method=method,
        backend=fixed,
        events=events,
        dense=dense,
        max_steps=max_steps,
        h0=h0,
        max_step=max_step,
    )
    return follow_clock(problem, lambda plain: chosen_road(plain)(plain))
