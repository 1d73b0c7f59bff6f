// Many random starts: how they end, which frequency wins, and a histogram.

const BATCH_RTOL = 1e-7;
const BINS = 12;
// A histogram of fewer numbers shows nothing.
const FEWEST = 5;
// So long the page computes before it shows how far it is.
const SLICE_MILLISECONDS = 30;

let runningBatch = 0;

// Uniform numbers in [0, 1) from a seed: mulberry32.
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// Angles all around; the rest about the chosen start, by up to `spread` times its own size.
function randomStart(random, spread) {
  const common = largest(chosen.start) || 1;
  return states.map((state, i) => {
    const share = 2 * random() - 1;
    if (state.kind === "angle") return Math.PI * share;
    const value = chosen.start[i] + spread * share * (Math.abs(chosen.start[i]) || common);
    return state.kind === "positive" || state.kind === "nonnegative" ? Math.abs(value) : value;
  });
}

// The competitor of the largest magnitude; null where numbers are missing.
function winnerOf(y) {
  const sizes = model.competitors.groups.map((group) => Math.abs(y[group.state]));
  const best = sizes.indexOf(Math.max(...sizes));
  return best < 0 ? null : best;
}

function runBatch() {
  if (runningBatch) return endBatch("Stopped.");
  const count = parsedNumber(byId("batch-count").value);
  const spread = parsedNumber(byId("batch-spread").value);
  const seed = parsedNumber(byId("batch-seed").value);
  const isRight = Number.isInteger(count) && count >= 1 && count <= 5000 && spread >= 0 && Number.isInteger(seed);
  if (!isRight || spread === null) {
    byId("batch-result").textContent = "Starts are a whole number from 1 to 5000, the spread is at least 0, the seed whole.";
    return;
  }
  byId("batch-run").textContent = "Stop";
  byId("histograms").replaceChildren();
  const random = randomNumbers(seed);
  const ends = [];
  const own = (runningBatch = performance.now() || 1);
  const quantity = Number(byId("batch-quantity").value);
  const go = () => {
    if (runningBatch !== own) return;
    const until = performance.now() + SLICE_MILLISECONDS;
    while (ends.length < count && performance.now() < until) {
      ends.push(integrate(problemFrom(randomStart(random, spread), BATCH_RTOL, false)));
    }
    if (ends.length < count) {
      byId("batch-note").textContent = `${ends.length} of ${count} …`;
      setTimeout(go, 0);
    } else {
      endBatch(batchText(ends));
      showHistograms(ends, quantity);
    }
  };
  go();
}

function endBatch(text) {
  runningBatch = 0;
  byId("batch-run").textContent = "Run";
  describeBatch();
  byId("batch-result").textContent = text;
}

function batchText(ends) {
  const counts = new Map();
  for (const { status } of ends) counts.set(status, (counts.get(status) ?? 0) + 1);
  const words = { reached: "reached the end", "blow-up": "blew up", undefined: "began where the field is not defined" };
  const parts = [...counts].map(([status, count]) => `${count} ${words[status] ?? `stopped (${status})`}`);
  return `Of ${ends.length} starts ${parts.join(", ")}.`;
}

function showHistograms(ends, quantity) {
  const drawn = [];
  if (model.competitors !== null) {
    const counts = model.competitors.groups.map(() => 0);
    for (const { y } of ends) if (winnerOf(y) !== null) counts[winnerOf(y)]++;
    const labels = model.competitors.groups.map((group) => group.label);
    drawn.push(histogram(`Winning ${model.competitors.what}`, model.competitors.what, labels, counts, "winners"));
  }
  const blown = ends.filter(({ status }) => status === "blow-up").map(({ time }) => time);
  if (blown.length >= FEWEST) drawn.push(binned("Blow-up time", "t", blown, "blow-ups"));
  const { isAngle, label } = quantities[quantity];
  const last = ends.filter(({ status }) => status === "reached" || (isAngle && status === "blow-up"));
  const values = last.map(({ time, y }) => quantitiesAt(time, y)[quantity]).map((v) => (isAngle ? wrapped(v) : v));
  if (values.length >= FEWEST) drawn.push(binned(`${label} at the end`, label, values, "last-values"));
  byId("histograms").replaceChildren(...drawn);
}

function binned(title, head, values, id) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = rangeOf(finite, 0);
  const width = (high - low) / BINS;
  const counts = Array.from({ length: BINS }, () => 0);
  for (const value of finite) counts[Math.min(BINS - 1, Math.max(0, Math.floor((value - low) / width)))]++;
  const edge = (i) => {
    const at = low + i * width;
    return numberText(Math.abs(at) < 1e-6 * width ? 0 : at, 3);
  };
  const labels = counts.map((_, i) => `${edge(i)} to ${edge(i + 1)}`);
  return histogram(title, head, labels, counts, id);
}

// A table whose bars are as long as its numbers are large.
function histogram(title, head, labels, counts, id) {
  const table = element("table", "", { id, class: "histogram" });
  table.append(element("caption", title));
  const top = element("tr");
  top.append(element("th", head, { scope: "col" }), element("th", "starts", { scope: "col", colspan: 2 }));
  const most = Math.max(1, ...counts);
  const lines = labels.map((label, i) => {
    const line = element("tr");
    const bar = element("span", "", { class: "filled", "aria-hidden": "true" });
    bar.style.width = `${(100 * counts[i]) / most}%`;
    const cell = element("td", "", { class: "length" });
    cell.append(bar);
    line.append(element("th", label, { scope: "row" }), element("td", String(counts[i]), { class: "count" }), cell);
    return line;
  });
  const [thead, tbody] = [element("thead"), element("tbody")];
  thead.append(top);
  tbody.append(...lines);
  table.append(thead, tbody);
  return table;
}

function describeBatch() {
  const others = states.filter((state) => state.kind !== "angle").length;
  const angles = others < states.length ? "Angles are uniform on the circle. " : "";
  const rest = others > 0 ? "A state is uniform about its start, by up to spread times its size. " : "";
  const winner = model.competitors === null ? "" : `The ${model.competitors.what} of the largest magnitude at the end wins.`;
  byId("batch-note").textContent = `${angles}${rest}${winner}`;
}

function makeBatch() {
  byId("batch-quantity").append(...quantities.map((quantity, i) => element("option", quantity.label, { value: i })));
  byId("batch-run").addEventListener("click", runBatch);
  describeBatch();
}
