// What is seen of a trajectory: curves in time, the phase portrait, tables, and the drift of integrals.

const ARROWS = 22;
const CELLS = 56;
const MOST_SPOKEN = 4;
const LOWEST_DRIFT = 1e-17;
// Ticks of an angle.
const TURN = ["−π", "−π/2", "0", "π/2", "π"].map((text, i) => ({ at: ((i - 2) * Math.PI) / 2, text }));

const plots = {};
let portraitRange = null;
let isDragging = false;

function isShown(i) {
  return chosen.shown.includes(i);
}

function timeAxis() {
  const end = lastTime(trajectory) || chosen.end;
  const low = chosen.isLogTime ? Math.max(end * 1e-6, Number.MIN_VALUE) : 0;
  const first = trajectory.segments[0];
  const begin = chosen.isLogTime && first !== undefined ? Math.max(low, Math.min(first.h, end / 10)) : low;
  return { range: [begin, end], label: "t", isLog: chosen.isLogTime };
}

function seen(values) {
  return values.slice(0, samples.seen);
}

function drawCurves(id, indices, label, isAngle) {
  byId(id).hidden = indices.length === 0;
  if (indices.length === 0) return;
  const plot = (plots[id] ??= new Plot(byId(id)));
  const drawn = indices.map((i) => (isAngle ? samples.values[i].map(wrapped) : samples.values[i]));
  const range = isAngle ? [-Math.PI, Math.PI] : rangeOf(drawn.flatMap(seen));
  plot.begin({ x: timeAxis(), y: { range, label, isLog: false, ticks: isAngle ? TURN : null } });
  indices.forEach((i, at) => {
    const style = { colour: seriesColour(i), dash: seriesDash(i), jump: isAngle ? Math.PI : Infinity };
    plot.line(samples.times, drawn[at], style);
  });
  if (trajectory.status === "blow-up") {
    plot.mark(trajectory.time, colourOf("alarm"), `blow-up, t ≈ ${numberText(trajectory.time, 6)}`);
  }
  if (chosen.read < 1) plot.mark(readTime(), colourOf("soft"));
  byId(id).setAttribute("aria-label", `${indices.map((i) => quantities[i].label).join(", ")} over time. ${resultText()}`);
}

function drawTrajectories() {
  const shown = quantities.map((_, i) => i).filter(isShown);
  const angles = shown.filter((i) => quantities[i].isAngle);
  const others = shown.filter((i) => !quantities[i].isAngle);
  drawCurves("trajectories", others, others.length === 1 ? quantities[others[0]].label : "", false);
  drawCurves("angles", angles, "radians", true);
}

// The field along two axes, the other states as at the start.
function slice(x, y) {
  const point = Float64Array.from(trajectory.y0);
  point[chosen.axes[0]] = x;
  point[chosen.axes[1]] = y;
  const velocity = vectorField(0, point, chosen.parameters, zeros(point.length));
  return chosen.axes.map((i) => velocity[i]);
}

function axisRange(place) {
  const i = chosen.axes[place];
  if (quantities[i].isAngle) return [-Math.PI, Math.PI];
  const range = rangeOf([...seen(samples.values[i]), trajectory.y0[i]], 0.12);
  return states[i].kind === "positive" ? [Math.max(0, range[0]), range[1]] : range;
}

function drawPortrait() {
  if (states.length < 2) return;
  const plot = (plots.portrait ??= new Plot(byId("portrait")));
  if (!isDragging || portraitRange === null) portraitRange = [axisRange(0), axisRange(1)];
  const [x, y] = chosen.axes.map((i, place) => ({
    range: portraitRange[place],
    label: quantities[i].isAngle ? `${states[i].label} (radians)` : states[i].label,
    ticks: quantities[i].isAngle ? TURN : null,
  }));
  plot.begin({ x, y });
  drawField(plot);
  if (byId("nullclines").checked) drawNullclines(plot);
  const along = chosen.axes.map((i) => (quantities[i].isAngle ? samples.values[i].map(wrapped) : samples.values[i]));
  const broken = along.map((values, place) => (quantities[chosen.axes[place]].isAngle ? brokenTurns(values) : values));
  plot.line(broken[0], broken[1], { colour: colourOf("accent"), width: 2.5 });
  if (trajectory.status === "reached") {
    plot.dot(along[0].at(-1), along[1].at(-1), colourOf("accent"), 4, false);
  }
  placeHandle(plot);
  describePortrait();
}

// An angle with gaps where it turns over.
function brokenTurns(angles) {
  return angles.map((angle, k) => (k > 0 && Math.abs(angle - angles[k - 1]) > Math.PI ? NaN : angle));
}

function drawField(plot) {
  const { pen, box } = plot;
  const width = (box.right - box.left) / ARROWS;
  const height = (box.bottom - box.top) / ARROWS;
  const [scaleX, scaleY] = [plot.x, plot.y].map((axis) => (axis.end - axis.begin) / (axis.range[1] - axis.range[0]));
  pen.strokeStyle = colourOf("field");
  pen.lineWidth = 1.1;
  pen.setLineDash([]);
  plot.inside(() => {
    for (let i = 0; i < ARROWS; i++) {
      for (let j = 0; j < ARROWS; j++) {
        const px = box.left + (i + 0.5) * width;
        const py = box.top + (j + 0.5) * height;
        const [u, v] = slice(plot.x.valueAt(px), plot.y.valueAt(py));
        const length = Math.hypot(u * scaleX, v * scaleY);
        if (!(length > 0 && length < Infinity)) continue;
        const size = 0.36 * Math.min(width, height);
        arrow(pen, px, py, (u * scaleX * size) / length, (v * scaleY * size) / length);
      }
    }
  });
}

function arrow(pen, x, y, dx, dy) {
  pen.beginPath();
  pen.moveTo(x - dx, y - dy);
  pen.lineTo(x + dx, y + dy);
  pen.lineTo(x + 0.35 * dx - 0.4 * dy, y + 0.35 * dy + 0.4 * dx);
  pen.stroke();
}

// Where each of the two velocities is 0, found by the change of its sign along the sides of cells.
function drawNullclines(plot) {
  const { pen, box } = plot;
  const at = (share, low, high) => low + share * (high - low);
  const grid = Array.from({ length: CELLS + 1 }, (_, j) =>
    Array.from({ length: CELLS + 1 }, (_, i) =>
      slice(plot.x.valueAt(at(i / CELLS, box.left, box.right)), plot.y.valueAt(at(j / CELLS, box.top, box.bottom))),
    ),
  );
  plot.inside(() => {
    pen.setLineDash([]);
    [0, 1].forEach((which) => {
      pen.strokeStyle = colourOf(`nullcline-${which}`);
      pen.lineWidth = 1.6;
      pen.beginPath();
      for (let j = 0; j < CELLS; j++) {
        for (let i = 0; i < CELLS; i++) {
          // The second line is dashed: every other cell is left out.
          if (which === 1 && (i + j) % 2 === 1) continue;
          for (const [from, to] of crossings(grid, which, i, j)) {
            pen.moveTo(at(from[0] / CELLS, box.left, box.right), at(from[1] / CELLS, box.top, box.bottom));
            pen.lineTo(at(to[0] / CELLS, box.left, box.right), at(to[1] / CELLS, box.top, box.bottom));
          }
        }
      }
      pen.stroke();
    });
  });
}

// Pieces of a zero line within a cell, from side to side.
function crossings(grid, which, i, j) {
  const corners = [
    [i, j],
    [i + 1, j],
    [i + 1, j + 1],
    [i, j + 1],
  ];
  const values = corners.map(([a, b]) => grid[b][a][which]);
  const points = [];
  for (let side = 0; side < 4; side++) {
    const next = (side + 1) % 4;
    const [a, b] = [values[side], values[next]];
    if (!(a < 0 !== b < 0 && Number.isFinite(a - b))) continue;
    const share = a / (a - b);
    points.push([0, 1].map((axis) => corners[side][axis] + share * (corners[next][axis] - corners[side][axis])));
  }
  return points.length === 2 ? [points] : points.length === 4 ? [points.slice(0, 2), points.slice(2)] : [];
}

function placeHandle(plot) {
  const handle = byId("handle");
  const [x, y] = chosen.axes.map((i) => (quantities[i].isAngle ? wrapped(trajectory.y0[i]) : trajectory.y0[i]));
  handle.style.left = `${plot.x.at(x)}px`;
  handle.style.top = `${plot.y.at(y)}px`;
  const [a, b] = chosen.axes.map((i, place) => `${states[i].label} = ${numberText([x, y][place], 4)}`);
  handle.setAttribute("aria-label", `Start: ${a}, ${b}. Drag it, or move it by the arrow keys.`);
}

function describePortrait() {
  const [a, b] = chosen.axes.map((i) => states[i].label);
  const rest = states.length > 2 ? " The arrows and nullclines are those where all other states are as at the start." : "";
  const when = model.timed ? " The field holds the time; arrows and nullclines are those at t = 0." : "";
  const lines = byId("nullclines").checked ? ` Solid: ${a}′ = 0; dashed: ${b}′ = 0.` : "";
  byId("portrait-note").textContent = `Drag the start, or press anywhere.${lines}${rest}${when}`;
  byId("portrait").setAttribute("aria-label", `Orbit in the plane of ${a} and ${b}. ${resultText()}`);
}

function showReading(isTyped = false) {
  const t = readTime();
  byId("cursor").value = String(Math.round(1000 * chosen.read));
  byId("cursor").setAttribute("aria-valuetext", `t = ${numberText(t, 6)}`);
  if (!isTyped) byId("read-time").value = String(Number(t.toPrecision(12)));
  byId("read-head").textContent = `at t = ${numberText(t, 6)}`;
  const columns = [0, t, lastTime(trajectory)].map((time) => {
    const y = stateAt(trajectory, time);
    return y === null ? quantities.map(() => null) : quantitiesAt(time, y);
  });
  const body = byId("values").tBodies[0];
  body.replaceChildren(
    ...quantities.map((quantity, i) => {
      const line = element("tr", "", { "data-name": quantity.name });
      line.append(element("th", quantity.label, { scope: "row" }));
      line.append(...columns.map((column) => element("td", numberText(column[i]))));
      return line;
    }),
  );
}

// Largest drift so far from the first value, relative to it unless it is 0.
function drifts(values) {
  const size = Math.abs(values[0]) || 1;
  let most = 0;
  return values.map((value) => (most = Math.max(most, Math.abs(value - values[0]) / size)));
}

function drawDrift() {
  const all = samples.integrals.map((values) => drifts(seen(values)));
  const known = all.map((_, i) => i).filter((i) => all[i].every(Number.isFinite));
  byId("integrals").hidden = model.integrals === 0;
  for (const [i, line] of [...byId("integrals").tBodies[0].rows].entries()) {
    line.cells[1].textContent = numberText(samples.integrals[i][0], 5);
    line.cells[2].textContent = known.includes(i) ? numberText(all[i].at(-1), 2) : "not defined here";
  }
  byId("drift").hidden = known.length === 0;
  document.querySelector('[data-save="drift"]').hidden = known.length === 0;
  byId("searched").textContent = `Search: ${model.searched}.`;
  if (known.length === 0) return;
  const plot = (plots.drift ??= new Plot(byId("drift")));
  const floored = known.map((i) => all[i].map((drift) => Math.max(drift, LOWEST_DRIFT)));
  const high = Math.max(1e-12, ...floored.map(largest)) * 3;
  plot.begin({ x: timeAxis(), y: { range: [LOWEST_DRIFT, high], label: "drift so far", isLog: true } });
  known.forEach((i, at) => plot.line(seen(samples.times), floored[at], { colour: seriesColour(i), dash: seriesDash(i) }));
  byId("drift").setAttribute("aria-label", `Drift of ${known.length} first integrals; the table holds the largest.`);
}

// The last values, where they are few enough to be listened to.
function lastWords() {
  if (trajectory.status !== "reached" || states.length > MOST_SPOKEN) return "";
  const said = states.map(({ label }, i) => `${label} = ${numberText(trajectory.y[i], 6)}`);
  return ` There ${said.join(", ")}.`;
}

function resultText() {
  const { status, time, steps, method } = trajectory;
  const t = numberText(time);
  return {
    reached: `Reached t = ${t} in ${steps} steps of ${method}.`,
    "blow-up": `Blow-up at t ≈ ${t}, after ${steps} steps of ${method}.`,
    overflow: `Beyond t = ${t} the numbers are too large.`,
    singular: `Stopped at t = ${t}: the field is not defined beyond, or the solution has no derivative there.`,
    "too many steps": `Stopped at t = ${t} after ${steps} steps: the flow turns too fast, or is held at a jump of the field${
      slopes === null ? ", or is stiff, for which this page has no derivatives" : ""
    }.`,
    undefined: "The field is not defined at this start.",
  }[status];
}
