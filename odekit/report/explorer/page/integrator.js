// The methods of odekit.solve on one trajectory: DOP853, and Rodas5P once the flow turns out stiff.
// Their numbers are those of odekit: `methods` holds its tableaux and its step size control.

const EPS = Number.EPSILON;
// The state has left every scale of its own, in a time that is as nothing: a blow-up.
const BLOWN = 1e6;
const COLLAPSED = 1e-6;
// Near the largest of all numbers.
const HUGE = 1e300;
// Stiffness is looked for as in odekit.solvers.stepping.stiffness.
const STIFF = { first: 20, every: 5, strained: 15, edge: 5, worthwhile: 1000 };
const STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 64;
// After each so many explicit steps the pace is looked at; one that would take a hundred times too many is
// hopeless, as where a jump of the field holds the flow.
const PACE = { every: 1000, hopeless: 100 };

function largest(y) {
  let size = 0;
  for (const value of y) size = Math.max(size, Math.abs(value));
  return size;
}

function rms(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}

// y + factor * sum_j weights[j] * rows[j]
function combined(y, weights, rows, count, factor) {
  const out = Float64Array.from(y);
  for (let j = 0; j < count; j++) {
    const weight = weights[j] * factor;
    if (weight !== 0) for (let i = 0; i < out.length; i++) out[i] += weight * rows[j][i];
  }
  return out;
}

function zeros(n) {
  return new Float64Array(n);
}

function scaleOf(y, next, rtol, atol, tiny) {
  return y.map((value, i) => Math.max(rtol * Math.max(Math.abs(value), Math.abs(next[i])) + atol, tiny));
}

// The interpolant y_old + x (F0 + (1-x) (F1 + x (F2 + (1-x) (F3 + ...)))).
function interpolated(segment, t) {
  const x = (t - segment.t) / segment.h;
  const factors = [x, 1 - x];
  const y = zeros(segment.y.length);
  for (let index = segment.terms.length - 1; index >= 0; index--) {
    const factor = factors[index % 2];
    for (let i = 0; i < y.length; i++) y[i] = (y[i] + segment.terms[index][i]) * factor;
  }
  return y.map((value, i) => value + segment.y[i]);
}

// A step of DOP853 from (t, y) with derivative f.
function explicitStep(problem, t, y, f, h) {
  const { field, p, rtol, atol, methods } = problem;
  const { rows, nodes, stages, weights, error_5, error_3, dense } = methods.dop853;
  const { tiny, third_share } = methods.control;
  const k = [f];
  let point = y;
  for (let s = 1; s < stages; s++) {
    point = combined(y, rows[s], k, s, h);
    k.push(field(t + nodes[s] * h, point, p, zeros(y.length)));
  }
  const next = combined(y, weights, k, stages, h);
  const nextF = field(t + h, next, p, zeros(y.length));
  k.push(nextF);
  const scale = scaleOf(y, next, rtol, atol, tiny);
  const none = zeros(y.length);
  const fifth = rms(combined(none, error_5, k, stages, h).map((e, i) => e / scale[i])) ** 2;
  const third = rms(combined(none, error_3, k, stages, h).map((e, i) => e / scale[i])) ** 2;
  const error = fifth === 0 ? 0 : fifth / Math.sqrt(fifth + third_share * third);

  const strain = () =>
    (h * rms(nextF.map((value, i) => value - k[stages - 1][i]))) / rms(next.map((v, i) => v - point[i]));

  function terms() {
    for (let s = stages + 1; s < rows.length; s++) {
      k.push(field(t + nodes[s] * h, combined(y, rows[s], k, s, h), p, zeros(y.length)));
    }
    const rise = next.map((value, i) => value - y[i]);
    const begin = rise.map((value, i) => h * f[i] - value);
    const end = rise.map((value, i) => 2 * value - h * (f[i] + nextF[i]));
    return [rise, begin, end, ...dense.map((row) => combined(none, row, k, rows.length, h))];
  }

  return { y: next, f: nextF, error, strain, terms };
}

// LU factors with partial pivoting, in place; returns a function that solves, or null where singular.
function factorised(matrix) {
  const n = matrix.length;
  const order = matrix.map((_, i) => i);
  for (let column = 0; column < n; column++) {
    let best = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(matrix[row][column]) > Math.abs(matrix[best][column])) best = row;
    }
    if (!(Math.abs(matrix[best][column]) > 0)) return null;
    [matrix[column], matrix[best]] = [matrix[best], matrix[column]];
    [order[column], order[best]] = [order[best], order[column]];
    for (let row = column + 1; row < n; row++) {
      const factor = (matrix[row][column] /= matrix[column][column]);
      if (factor !== 0) {
        for (let j = column + 1; j < n; j++) matrix[row][j] -= factor * matrix[column][j];
      }
    }
  }
  return (b) => {
    const x = Float64Array.from(order, (place) => b[place]);
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) x[i] -= matrix[i][j] * x[j];
    for (let i = n - 1; i >= 0; i--) {
      for (let j = i + 1; j < n; j++) x[i] -= matrix[i][j] * x[j];
      x[i] /= matrix[i][i];
    }
    return x;
  };
}

// A step of Rodas5P; null where its matrix is singular.
function implicitStep(problem, t, y, h) {
  const { field, slopes, jacobian, p, rtol, atol, methods } = problem;
  const { gamma, nodes, drift, points, couplings, dense } = methods.rodas5p;
  const n = y.length;
  const known = slopes(t, y, p, []);
  const count = jacobian.rows.length;
  const matrix = Array.from({ length: n }, (_, i) => {
    const row = zeros(n);
    row[i] = 1 / (gamma * h);
    return row;
  });
  for (let e = 0; e < count; e++) matrix[jacobian.rows[e]][jacobian.columns[e]] -= known[n + e];
  const byTime = jacobian.timed ? known.slice(n + count) : null;
  const solve = factorised(matrix);
  if (solve === null) return null;

  const u = [];
  let point = y;
  for (let s = 0; s < nodes.length; s++) {
    point = combined(y, points[s], u, s, 1);
    const wanted = combined(field(t + nodes[s] * h, point, p, zeros(n)), couplings[s], u, s, 1 / h);
    if (byTime !== null) for (let i = 0; i < n; i++) wanted[i] += drift[s] * h * byTime[i];
    u.push(solve(wanted));
  }
  const last = u[u.length - 1];
  const next = point.map((value, i) => value + last[i]);
  const [first, second, third] = dense.map((row) => combined(zeros(n), row, u, u.length, 1));
  const bent = second.map((value, i) => value + third[i]);
  const all = [next.map((value, i) => value - y[i]), first, bent, third.map((value) => -value)];
  const middle = interpolated({ t: 0, h: 1, y, terms: all }, 0.5);
  const slope = all[0].map((value, i) => (value + 0.25 * bent[i]) / h);
  const defect = solve(field(t + h / 2, middle, p, zeros(n)).map((value, i) => value - slope[i]));
  const scale = scaleOf(y, next, rtol, atol, methods.control.tiny);
  const error = Math.max(rms(last.map((e, i) => e / scale[i])), rms(defect.map((e, i) => e / scale[i])));
  return { y: next, f: field(t + h, next, p, zeros(n)), error, strain: () => 0, terms: () => all };
}

function firstStep(problem, y, f, end) {
  const { field, p, t0, rtol, atol, methods } = problem;
  const { tiny, small, timid, first_share, flat, flat_growth, growth } = methods.control;
  const scaled = (values) => rms(values.map((value, i) => value / Math.max(atol + rtol * Math.abs(y[i]), tiny)));
  const size = scaled(y);
  const speed = scaled(f);
  const first = Math.min(size < small || speed < small ? timid : (first_share * size) / speed, end);
  const ahead = field(t0 + first, combined(y, [1], [f], 1, first), p, zeros(y.length));
  const curvature = scaled(ahead.map((value, i) => value - f[i])) / first;
  const fastest = Math.max(speed, curvature);
  const second =
    fastest <= flat
      ? Math.max(timid, first * flat_growth)
      : (first_share / fastest) ** (1 / methods.dop853.order);
  const step = Math.min(growth * first, second, end);
  return step > 0 && Number.isFinite(step) ? step : Math.min(timid, end);
}

// Where a trajectory can't go on: at a blow-up, where numbers overflow, or where the field ends or jumps.
function stopped(y, f, t, t0, startSize) {
  const size = largest(y);
  const speed = largest(f);
  const rest = size / speed;
  if (size > BLOWN * (1 + startSize) && !(rest > COLLAPSED * Math.max(t - t0, Number.MIN_VALUE))) {
    return { status: "blow-up", time: t + (Number.isFinite(rest) ? rest : 0) };
  }
  return { status: size > HUGE ? "overflow" : "singular", time: t };
}

/**
 * Follow one trajectory from t0 to t1.
 *
 * problem: field(t, y, p, out), slopes and jacobian (null where there is no implicit method), y0, p, t0, t1,
 * rtol, maxSteps, longest (step), milliseconds (that it may take), keeps (the segments), methods.
 * Returns {status, time, y, segments, steps, method}: the status is "reached", "blow-up", "overflow",
 * "singular", "too many steps" or "undefined", and time is where it ended.
 */
function integrate(given) {
  const { field, p, t0, t1, rtol, methods } = given;
  const control = methods.control;
  const startSize = largest(given.y0);
  const problem = { ...given, atol: 1e-3 * rtol * (startSize > 0 && startSize < Infinity ? startSize : 1) };
  let y = Float64Array.from(given.y0);
  let f = field(t0, y, p, zeros(y.length));
  const segments = [];
  const answer = { segments, steps: 0, method: "DOP853", t0, y0: y };
  if (!f.every(Number.isFinite)) return { ...answer, status: "undefined", time: t0, y };
  const deadline = performance.now() + given.milliseconds;
  const isImplicitKnown = given.slopes !== null && given.jacobian !== null;
  let t = t0;
  let h = Math.min(firstStep(problem, y, f, t1 - t0), given.longest);
  let isImplicit = false;
  let wasRejected = false;
  let strained = 0;
  let lookedAt = t0;
  while (t < t1) {
    answer.steps++;
    let isHopeless = false;
    if (!isImplicit && answer.steps % PACE.every === 0) {
      isHopeless = ((t1 - t) / (t - lookedAt)) * PACE.every > PACE.hopeless * given.maxSteps;
      lookedAt = t;
    }
    if (h < control.spacings * EPS * Math.abs(t) || h < Number.MIN_VALUE * 1e10) {
      return { ...answer, ...stopped(y, f, t, t0, startSize), y };
    }
    const isLate = answer.steps % STEPS_BETWEEN_LOOKS_AT_THE_CLOCK === 0 && performance.now() > deadline;
    if (answer.steps > given.maxSteps || isLate || isHopeless) {
      return { ...answer, status: largest(y) > HUGE ? "overflow" : "too many steps", time: t, y };
    }
    const lands = h >= t1 - t;
    const step = lands ? t1 - t : h;
    const tried = isImplicit ? implicitStep(problem, t, y, step) : explicitStep(problem, t, y, f, step);
    const isFinite = tried !== null && [tried.error, ...tried.y, ...tried.f].every(Number.isFinite);
    const isTaken = isFinite && tried.error <= 1;
    const order = isImplicit ? methods.rodas5p.order : methods.dop853.order;
    const wished = isFinite ? control.safety * tried.error ** (-1 / order) : control.smallest_factor;
    const most = wasRejected ? 1 : control.largest_factor;
    h = Math.min(step * Math.min(Math.max(wished, control.smallest_factor), most), given.longest);
    wasRejected = !isTaken;
    if (!isTaken) {
      h = Math.min(h, 0.9 * step);
      continue;
    }
    if (given.keeps) segments.push({ t, h: step, y, terms: tried.terms() });
    const isAsked = !isImplicit && isImplicitKnown && answer.steps >= STIFF.first;
    if (isAsked && (answer.steps % STIFF.every === 0 || strained > 0) && t1 - t > STIFF.worthwhile * step) {
      strained = Math.max(0, strained + (tried.strain() > STIFF.edge ? 1 : -1));
      if (strained >= STIFF.strained) {
        isImplicit = true;
        answer.method = "DOP853, then Rodas5P";
      }
    }
    t = lands ? t1 : t + step;
    y = tried.y;
    f = tried.f;
  }
  return { ...answer, status: "reached", time: t1, y };
}

// The state at time t of a trajectory whose segments were kept; null beyond its ends.
function stateAt(trajectory, t) {
  const { segments } = trajectory;
  if (t === trajectory.t0) return trajectory.y0;
  if (segments.length === 0 || t < trajectory.t0) return null;
  const final = segments[segments.length - 1];
  const end = final.t + final.h;
  if (t >= end) return t <= end + 1e-12 * final.h ? trajectory.y : null;
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (segments[middle].t <= t) low = middle;
    else high = middle - 1;
  }
  return interpolated(segments[low], t);
}

// The last time for which there is a state.
function lastTime(trajectory) {
  const final = trajectory.segments[trajectory.segments.length - 1];
  return final === undefined ? trajectory.t0 : final.t + final.h;
}
