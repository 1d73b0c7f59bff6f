// Sliders and number fields, which keep each other's value, and the choices beside them.

// Sliders have so many places.
const SLIDER_STEPS = 400;

// The range of a slider: a turn, from 0 to twice the value, or as far on both sides of 0.
function sliderRange(item) {
  if (item.kind === "angle") return [-Math.PI, Math.PI];
  const size = Math.abs(item.value) || 1;
  if (item.kind === "positive" || item.kind === "nonnegative" || item.whole) return [0, 2 * size];
  return [-2 * size, 2 * size];
}

// A row for one number. change(value) says why a value is refused, or null.
function numberRow(item, id, what, change) {
  const row = element("div", "", { class: "row" });
  const label = element("label", item.label, { for: id, title: item.name });
  const [low, high] = sliderRange(item);
  const slider = element("input", "", {
    type: "range",
    id: `${id}-slider`,
    min: low,
    max: high,
    step: item.whole ? 1 : (high - low) / SLIDER_STEPS,
    "aria-label": `${what} ${item.label}, slider`,
  });
  const field = element("input", "", { type: "number", id, step: "any" });
  field.setAttribute("aria-label", `${what} ${item.label}`);
  const take = (value, isFromSlider) => {
    const refused = change(value);
    complain(refused);
    field.setAttribute("aria-invalid", refused === null ? "false" : "true");
    if (refused !== null) return;
    if (isFromSlider) field.value = String(value);
    else slider.value = String(value);
    changed();
  };
  slider.addEventListener("input", () => take(rounded(Number(slider.value), high - low), true));
  field.addEventListener("input", () => take(parsedNumber(field.value), false));
  row.append(label, slider, field);
  row.show = (value) => {
    field.value = String(value);
    slider.value = String(value);
    field.setAttribute("aria-invalid", "false");
  };
  return row;
}

// As many digits as the places of a slider need.
function rounded(value, width) {
  return Number(value.toFixed(Math.max(0, Math.min(15, 4 - Math.floor(Math.log10(width))))));
}

function complain(text) {
  byId("complaint").textContent = text ?? "";
}

const rows = { start: [], parameters: [] };

function makeRows() {
  states.forEach((state, i) => {
    const take = (value) => {
      const refused = objection(state, value);
      if (refused === null) chosen.start[i] = value;
      return refused;
    };
    rows.start.push(numberRow(state, `start-${i}`, "start of", take));
  });
  parameters.forEach((parameter, i) => {
    const take = (value) => {
      if (value === null) return `${parameter.label} needs a number.`;
      chosen.parameters[i] = value;
      return null;
    };
    rows.parameters.push(numberRow(parameter, `parameter-${i}`, "parameter", take));
  });
  byId("start-rows").append(...rows.start);
  byId("parameter-rows").append(...rows.parameters);
  const longest = Math.max(...[...states, ...parameters].map(({ label }) => label.length));
  byId("controls").style.setProperty("--label", `${Math.min(7, Math.max(2.4, 0.62 * longest))}rem`);
  byId("parameters").hidden = parameters.length === 0;
}

function makeChoices() {
  for (const id of ["axis-x", "axis-y"]) {
    byId(id).append(...states.map((state, i) => element("option", state.label, { value: i })));
  }
  byId("axis-x").addEventListener("change", () => chooseAxis(0, "axis-x"));
  byId("axis-y").addEventListener("change", () => chooseAxis(1, "axis-y"));
  byId("portrait-card").hidden = states.length < 2;
  byId("end").addEventListener("input", () => {
    const end = parsedNumber(byId("end").value);
    const isRight = end !== null && end > 0;
    complain(isRight ? null : "The last time is a positive number.");
    if (!isRight) return;
    chosen.end = end;
    changed();
  });
  byId("log-time").addEventListener("change", () => {
    chosen.isLogTime = byId("log-time").checked;
    redraw();
  });
  byId("nullclines").addEventListener("change", drawPortrait);
  byId("cursor").addEventListener("input", () => readAt(Number(byId("cursor").value) / 1000));
  byId("read-time").addEventListener("input", () => {
    const t = parsedNumber(byId("read-time").value);
    if (t !== null && t >= 0 && t <= lastTime(trajectory)) readAt(t / (lastTime(trajectory) || 1), true);
  });
  makeLegend();
  paintSwatches();
}

function chooseAxis(place, id) {
  chosen.axes[place] = Number(byId(id).value);
  redraw();
}

function makeLegend() {
  quantities.forEach((quantity, i) => {
    const label = element("label", "", { class: "chip", title: quantity.name });
    const box = element("input", "", { type: "checkbox", id: `shown-${i}` });
    const swatch = element("span", "", { class: "swatch", "data-series": i, "aria-hidden": "true" });
    box.addEventListener("change", () => {
      const others = chosen.shown.filter((shown) => shown !== i);
      chosen.shown = box.checked ? [...others, i].sort((a, b) => a - b) : others;
      redraw();
    });
    label.append(box, swatch, element("span", quantity.label));
    byId("legend").append(label);
  });
}

// The swatches of the page, in the colour and the dashes of their curves.
function paintSwatches() {
  for (const swatch of document.querySelectorAll(".swatch")) {
    const series = Number(swatch.dataset.series);
    swatch.style.setProperty("--colour", `var(--series-${series % SERIES})`);
    swatch.dataset.dash = String(series % DASHES.length);
  }
}

// Put what is chosen into all controls.
function showChoice() {
  rows.start.forEach((row, i) => row.show(chosen.start[i]));
  rows.parameters.forEach((row, i) => row.show(chosen.parameters[i]));
  byId("end").value = String(chosen.end);
  byId("log-time").checked = chosen.isLogTime;
  byId("axis-x").value = String(chosen.axes[0]);
  byId("axis-y").value = String(chosen.axes[1]);
  quantities.forEach((_, i) => (byId(`shown-${i}`).checked = chosen.shown.includes(i)));
  complain(null);
}

function readAt(share, isTyped = false) {
  chosen.read = Math.max(0, Math.min(1, share));
  showReading(isTyped);
  drawTrajectories();
  rememberSoon();
}
