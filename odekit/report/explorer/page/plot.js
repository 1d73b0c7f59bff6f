// A plot on a canvas: a frame with ticks, lines, points and marks, in the colours of the page.

const MARGIN = { left: 58, right: 26, top: 12, bottom: 40 };
const SERIES = 8;
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

function colourOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function seriesColour(index) {
  return colourOf(`series-${index % SERIES}`);
}

function seriesDash(index) {
  return DASHES[index % DASHES.length];
}

// The smallest range that holds finite values, a little wider; about 0 or 1 where there is no width.
function rangeOf(values, margin = 0.06) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [-1, 1];
  const width = high - low || Math.abs(high) || 1;
  return [low - margin * width, high + margin * width];
}

// About so many ticks at round numbers, and two at least.
function linearTicks([low, high], count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const steps = [10, 5, 2, 1, 0.5].map((factor) => factor * power).filter((size) => size < 10 * raw);
  const wide = steps.filter((size) => size >= raw * (1 - 1e-9)).at(-1);
  const between = (step) => [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  const step = steps.find((size) => size <= wide && between(size)[1] > between(size)[0]) ?? wide;
  const [first, last] = between(step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({
    at: (first + i) * step,
    text: tickText((first + i) * step, step),
  }));
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function powerText(exponent) {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => RAISED[digit]);
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

function decadeTicks([low, high], count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  const ticks = [];
  for (let e = first; e <= last; e += every) ticks.push({ at: 10 ** e, text: powerText(e) });
  return ticks;
}

class Axis {
  constructor({ range, isLog = false, ticks = null }, begin, end) {
    Object.assign(this, { range, isLog, fixed: ticks, begin, end });
    this.ends = range.map((value) => this.scaled(value));
  }

  scaled(value) {
    return this.isLog ? Math.log10(value) : value;
  }

  at(value) {
    const [low, high] = this.ends;
    return this.begin + ((this.scaled(value) - low) / (high - low)) * (this.end - this.begin);
  }

  valueAt(pixel) {
    const [low, high] = this.ends;
    const scaled = low + ((pixel - this.begin) / (this.end - this.begin)) * (high - low);
    return this.isLog ? 10 ** scaled : scaled;
  }

  ticks(room) {
    if (this.fixed !== null) return this.fixed;
    const count = Math.max(2, Math.floor(Math.abs(this.end - this.begin) / room));
    return this.isLog ? decadeTicks(this.range, count) : linearTicks(this.range, count);
  }
}

class Plot {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  // Clear, and draw the frame. axes: {x, y}, each {range, label} and perhaps isLog and ticks.
  begin(axes) {
    const ratio = window.devicePixelRatio || 1;
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.pen.fillStyle = colourOf("card");
    this.pen.fillRect(0, 0, width, height);
    this.box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
    this.x = new Axis(axes.x, this.box.left, this.box.right);
    this.y = new Axis(axes.y, this.box.bottom, this.box.top);
    this.grid(axes);
  }

  grid(axes) {
    const { pen, box } = this;
    pen.font = "12px system-ui, sans-serif";
    pen.lineWidth = 1;
    pen.strokeStyle = colourOf("grid");
    pen.fillStyle = colourOf("soft");
    pen.setLineDash([]);
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const tick of this.x.ticks(62)) {
      this.segment(this.x.at(tick.at), box.top, this.x.at(tick.at), box.bottom);
      pen.fillText(tick.text, this.x.at(tick.at), box.bottom + 6);
    }
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const tick of this.y.ticks(38)) {
      this.segment(box.left, this.y.at(tick.at), box.right, this.y.at(tick.at));
      pen.fillText(tick.text, box.left - 7, this.y.at(tick.at));
    }
    pen.strokeStyle = colourOf("line");
    pen.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.fillStyle = colourOf("ink");
    pen.textAlign = "center";
    pen.textBaseline = "bottom";
    pen.fillText(axes.x.label, (box.left + box.right) / 2, box.bottom + MARGIN.bottom - 2);
    if (!axes.y.label) return;
    pen.save();
    pen.translate(13, (box.top + box.bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(axes.y.label, 0, 4);
    pen.restore();
  }

  segment(x0, y0, x1, y1) {
    this.pen.beginPath();
    this.pen.moveTo(x0, y0);
    this.pen.lineTo(x1, y1);
    this.pen.stroke();
  }

  // Draw within the frame.
  inside(draw) {
    const { pen, box } = this;
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.clip();
    draw();
    pen.restore();
  }

  // A line through points, broken where a number is not finite, or where y leaps by more than `jump`.
  line(xs, ys, { colour, dash = [], width = 2, jump = Infinity }) {
    const { pen } = this;
    const far = 1e5;
    this.inside(() => {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.lineJoin = "round";
      pen.setLineDash(dash);
      pen.beginPath();
      let isDown = false;
      for (let i = 0; i < xs.length; i++) {
        const px = this.x.at(xs[i]);
        const py = Math.max(-far, Math.min(far, this.y.at(ys[i])));
        const leaps = i > 0 && Math.abs(ys[i] - ys[i - 1]) > jump;
        const isPoint = Number.isFinite(px) && Number.isFinite(py) && Math.abs(px) <= far;
        if (isPoint && isDown && !leaps) pen.lineTo(px, py);
        else if (isPoint) pen.moveTo(px, py);
        isDown = isPoint;
      }
      pen.stroke();
    });
  }

  dot(x, y, colour, radius = 4, isFilled = true) {
    const { pen } = this;
    this.inside(() => {
      pen.setLineDash([]);
      pen.lineWidth = 2;
      pen.strokeStyle = colour;
      pen.fillStyle = isFilled ? colour : colourOf("card");
      pen.beginPath();
      pen.arc(this.x.at(x), this.y.at(y), radius, 0, 2 * Math.PI);
      pen.fill();
      pen.stroke();
    });
  }

  // A vertical mark, with words beside it if there are any.
  mark(x, colour, words = "") {
    const { pen, box } = this;
    const at = this.x.at(x);
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.setLineDash([4, 3]);
    this.segment(at, box.top, at, box.bottom);
    pen.setLineDash([]);
    if (!words) return;
    const width = pen.measureText(words).width + 8;
    const left = at > (box.left + box.right) / 2 ? at - width - 4 : at + 4;
    pen.fillStyle = colourOf("card");
    pen.fillRect(left, box.top + 3, width, 18);
    pen.fillStyle = colour;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    pen.fillText(words, left + 4, box.top + 12);
  }
}
