// What the reader has chosen, the trajectory that follows from it, and the link that holds it.

const model = JSON.parse(byId("model").textContent);
const states = model.states;
const parameters = model.parameters;
// What is drawn and read: the states, then the definitions.
const quantities = [
  ...states.map((state) => ({ ...state, isAngle: state.kind === "angle" })),
  ...model.definitions.map((definition) => ({ ...definition, isAngle: definition.angle })),
];
const MOST_SHOWN_AT_FIRST = 6;
const RTOL = 1e-9;
const MAX_STEPS = 50000;
const MILLISECONDS = 2000;
// A field that holds the time may have a pulse, which a longer step might pass by.
const LEAST_STEPS_IN_TIME = 100;
const POINTS = 4000;
const MOST_POINTS_A_STEP = 16;
// Of a trajectory that blows up or overflows, axes show this much: beyond, one number dwarfs all others.
const BEFORE_BLOW_UP = 0.97;

function firstChoice() {
  return {
    start: states.map((state) => state.value),
    parameters: parameters.map((parameter) => parameter.value),
    end: model.end,
    isLogTime: model.slow,
    axes: [...model.axes],
    shown: quantities.map((_, i) => i).filter((i) => i < MOST_SHOWN_AT_FIRST || i >= states.length),
    read: 1,
  };
}

let chosen = firstChoice();
let trajectory = null;
let samples = null;

// Why a state can't have a value; null where it can.
function objection(state, value) {
  if (value === null) return `${state.label} needs a number.`;
  if (state.kind === "positive" && value <= 0) return `${state.label} is positive.`;
  if (state.kind === "nonnegative" && value < 0) return `${state.label} is not negative.`;
  return null;
}

function watched(t, y) {
  return watch(t, y, chosen.parameters, []);
}

// Definitions, integrals and constraints lie behind each other in what `watch` writes.
const places = {
  integrals: model.definitions.length,
  constraints: model.definitions.length + model.integrals,
};

function quantitiesAt(t, y) {
  return [...y, ...watched(t, y).slice(0, model.definitions.length)];
}

function residuals(y) {
  return watched(0, y).slice(places.constraints, places.constraints + model.constraints);
}

// The start, moved onto the constraints by Newton's method along their gradients.
function onConstraints(start) {
  let y = Float64Array.from(start);
  for (let turn = 0; turn < 30 && model.constraints > 0; turn++) {
    const rest = residuals(y);
    if (largest(rest) < 1e-14 * (1 + largest(y) ** 2)) break;
    const gradients = rest.map(() => zeros(y.length));
    for (let i = 0; i < y.length; i++) {
      const step = 1e-6 * (1 + Math.abs(y[i]));
      const [above, below] = [step, -step].map((by) => residuals(y.map((v, j) => (j === i ? v + by : v))));
      rest.forEach((_, row) => (gradients[row][i] = (above[row] - below[row]) / (2 * step)));
    }
    const product = gradients.map((a) => Float64Array.from(gradients, (b) => a.reduce((s, v, i) => s + v * b[i], 0)));
    const solve = factorised(product);
    if (solve === null) break;
    y = combined(y, solve(rest), gradients, rest.length, -1);
  }
  return y;
}

function problemFrom(start, rtol, keeps) {
  return {
    field: vectorField,
    slopes,
    jacobian: model.jacobian,
    y0: onConstraints(start),
    p: chosen.parameters,
    t0: 0,
    t1: chosen.end,
    rtol,
    maxSteps: MAX_STEPS,
    longest: model.timed ? chosen.end / LEAST_STEPS_IN_TIME : Infinity,
    milliseconds: MILLISECONDS,
    keeps,
    methods: model.methods,
  };
}

// Times at which the trajectory is drawn: some within each step.
function sampleTimes() {
  const { segments } = trajectory;
  const within = Math.max(1, Math.min(MOST_POINTS_A_STEP, Math.floor(POINTS / (segments.length || 1))));
  const times = [trajectory.t0];
  for (const { t, h } of segments) for (let j = 1; j <= within; j++) times.push(t + (h * j) / within);
  return times;
}

function sampled() {
  const times = sampleTimes();
  const rows = times.map((t) => stateAt(trajectory, t));
  const values = quantities.map(() => []);
  const integrals = Array.from({ length: model.integrals }, () => []);
  rows.forEach((y, at) => {
    const all = watched(times[at], y);
    y.forEach((value, i) => values[i].push(value));
    model.definitions.forEach((_, i) => values[states.length + i].push(all[i]));
    integrals.forEach((list, i) => list.push(all[places.integrals + i]));
  });
  const isGrowing = trajectory.status === "blow-up" || trajectory.status === "overflow";
  const cut = isGrowing ? BEFORE_BLOW_UP * trajectory.time : Infinity;
  const seen = times.filter((t) => t <= cut).length;
  return { times, values, integrals, seen };
}

function solveChosen() {
  trajectory = integrate(problemFrom(chosen.start, RTOL, true));
  samples = sampled();
}

function readTime() {
  return chosen.read * lastTime(trajectory);
}

// Without the plus of an exponent, which an address takes for a blank.
function linkText() {
  const fields = {
    y: chosen.start,
    p: chosen.parameters,
    end: [chosen.end],
    axes: chosen.axes,
    shown: chosen.shown,
    log: [chosen.isLogTime ? 1 : 0],
    read: [chosen.read],
  };
  return `#${Object.entries(fields)
    .map(([key, values]) => `${key}=${values.join(",")}`)
    .join("&")
    .replaceAll("+", "")}`;
}

// What a link holds; null where it is not of this page.
function choiceOf(hash) {
  const fields = new URLSearchParams(hash.slice(1));
  const numbers = (key) => {
    const text = fields.get(key);
    return text === null ? null : text === "" ? [] : text.split(",").map(parsedNumber);
  };
  const first = firstChoice();
  const of = (key, otherwise) => numbers(key) ?? otherwise;
  const found = {
    start: of("y", first.start),
    parameters: of("p", first.parameters),
    end: of("end", [first.end])[0],
    axes: of("axes", first.axes),
    shown: of("shown", first.shown),
    isLogTime: of("log", [first.isLogTime ? 1 : 0])[0] === 1,
    read: of("read", [1])[0],
  };
  const isPlace = (i, list) => Number.isInteger(i) && i >= 0 && i < list.length;
  const isRight =
    found.start.length === states.length &&
    found.start.every((value, i) => objection(states[i], value) === null) &&
    found.parameters.length === parameters.length &&
    found.parameters.every((value) => value !== null) &&
    found.end > 0 &&
    found.axes.length === 2 &&
    found.axes.every((i) => isPlace(i, states)) &&
    found.shown.every((i) => isPlace(i, quantities)) &&
    found.read !== null &&
    found.read >= 0 &&
    found.read <= 1;
  return isRight ? found : null;
}
