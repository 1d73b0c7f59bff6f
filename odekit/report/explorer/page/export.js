// What is saved: the trajectory as a table, and figures with their legends as pictures.

const TABLE_ROWS = 1000;
const LINE = 20;

function fileName(what) {
  return `${model.title.replace(/[^\p{L}\p{N}]+/gu, "_").slice(0, 60) || "system"}_${what}`;
}

function save(blob, name) {
  const link = element("a", "", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function tableText() {
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const lines = [["t", ...quantities.map(({ name }) => name)].map(quoted).join(",")];
  for (let k = 0; k <= TABLE_ROWS; k++) {
    const t = (k / TABLE_ROWS) * lastTime(trajectory);
    lines.push([t, ...quantitiesAt(t, stateAt(trajectory, t))].join(","));
  }
  return `${lines.join("\n")}\n`;
}

// What a figure's legend says: pairs of a series, or null, and words.
function legendOf(id) {
  const numbers = [
    ...states.map(({ label }, i) => `${label}(0) = ${numberText(trajectory.y0[i], 5)}`),
    ...parameters.map(({ label }, i) => `${label} = ${numberText(chosen.parameters[i], 5)}`),
  ].map((words) => [null, words]);
  if (id === "trajectories") return [...chosen.shown.map((i) => [i, quantities[i].label]), ...numbers];
  if (id === "drift") return Array.from({ length: model.integrals }, (_, i) => [i, `integral ${i + 1}`]);
  return numbers;
}

// The legend in lines of at most this width; each entry with its place.
function laidOut(pen, entries, width) {
  let [x, y] = [MARGIN.left, LINE];
  return entries.map(([series, words]) => {
    const long = pen.measureText(words).width + (series === null ? 14 : 46);
    if (x > MARGIN.left && x + long > width - MARGIN.right) [x, y] = [MARGIN.left, y + LINE];
    const placed = { series, words, x, y };
    x += long;
    return placed;
  });
}

function drawLegend(pen, entries) {
  pen.textBaseline = "middle";
  for (const { series, words, x, y } of entries) {
    pen.fillStyle = colourOf("ink");
    pen.fillText(words, x + (series === null ? 0 : 32), y);
    if (series === null) continue;
    pen.strokeStyle = seriesColour(series);
    pen.setLineDash(seriesDash(series));
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + 26, y);
    pen.stroke();
  }
}

// A figure below its legend, at the resolution of the screen.
function picture(id) {
  const parts = (id === "trajectories" ? ["trajectories", "angles"] : [id]).map(byId).filter(({ hidden }) => !hidden);
  const ratio = window.devicePixelRatio || 1;
  const made = element("canvas");
  const pen = made.getContext("2d");
  const font = "13px system-ui, sans-serif";
  pen.font = font;
  const width = Math.max(...parts.map((part) => part.width)) / ratio;
  const entries = laidOut(pen, legendOf(id), width);
  const top = (entries.at(-1)?.y ?? 0) + LINE;
  made.width = width * ratio;
  made.height = top * ratio + parts.reduce((sum, part) => sum + part.height, 0);
  pen.fillStyle = colourOf("card");
  pen.fillRect(0, 0, made.width, made.height);
  let below = top * ratio;
  for (const part of parts) {
    pen.drawImage(part, 0, below);
    below += part.height;
  }
  pen.scale(ratio, ratio);
  pen.font = font;
  drawLegend(pen, entries);
  if (id === "portrait") drawStart(pen, top);
  return made;
}

// On the page the start is a button above the canvas.
function drawStart(pen, top) {
  const handle = byId("handle");
  pen.fillStyle = colourOf("accent");
  pen.beginPath();
  pen.arc(parseFloat(handle.style.left), top + parseFloat(handle.style.top), 6, 0, 2 * Math.PI);
  pen.fill();
}
