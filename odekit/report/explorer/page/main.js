// The page: what happens when something is moved, dragged, saved or shared.

// A screen reader hears a result when the reader's hand has come to rest.
const REST_MILLISECONDS = 300;
// An arrow key moves the start by this part of what is seen.
const KEY_STEP = 0.01;
// Equations too wide for so many columns stand alone.
const LEAST_COLUMNS = 3;

const waiting = { frame: 0, words: 0, link: 0 };

// Something was chosen: solve and draw in the next frame; random starts about the old choice end.
function changed() {
  if (runningBatch) endBatch("Stopped, since something else was chosen.");
  cancelAnimationFrame(waiting.frame);
  byId("values").setAttribute("aria-busy", "true");
  waiting.frame = requestAnimationFrame(() => {
    solveChosen();
    redraw();
  });
}

function redraw() {
  draw();
  rememberSoon();
}

function draw() {
  drawTrajectories();
  drawPortrait();
  drawDrift();
  showReading();
  byId("values").setAttribute("aria-busy", "false");
  announceSoon();
}

function announceSoon() {
  clearTimeout(waiting.words);
  waiting.words = setTimeout(() => {
    const moved = trajectory.y0.some((value, i) => Math.abs(value - chosen.start[i]) > 1e-9 * (1 + Math.abs(value)));
    byId("result").textContent = `${resultText()}${moved ? " The start was moved onto the constraint." : ""}${lastWords()}`;
    byId("result").dataset.status = trajectory.status;
  }, REST_MILLISECONDS);
}

function rememberSoon() {
  clearTimeout(waiting.link);
  waiting.link = setTimeout(() => history.replaceState(null, "", linkText()), REST_MILLISECONDS);
}

function followLink() {
  if (location.hash.length < 2) return;
  const found = choiceOf(location.hash);
  if (found === null) complain("The link does not fit this system; the page shows its own start.");
  else chosen = found;
}

function moveStart(x, y) {
  [x, y].forEach((value, place) => {
    const i = chosen.axes[place];
    const state = states[i];
    const least = (portraitRange[place][1] - portraitRange[place][0]) / 1000;
    const kept = state.kind === "positive" ? Math.max(value, least) : state.kind === "nonnegative" ? Math.max(value, 0) : value;
    chosen.start[i] = rounded(state.kind === "angle" ? wrapped(kept) : kept, 1e3 * least);
    rows.start[i].show(chosen.start[i]);
  });
  changed();
}

function makeDrag() {
  const area = byId("portrait").parentElement;
  const follow = (event) => {
    const box = byId("portrait").getBoundingClientRect();
    const { x, y, box: frame } = plots.portrait;
    const inside = (value, low, high) => Math.max(low, Math.min(high, value));
    moveStart(
      x.valueAt(inside(event.clientX - box.left, frame.left, frame.right)),
      y.valueAt(inside(event.clientY - box.top, frame.top, frame.bottom)),
    );
  };
  area.addEventListener("pointerdown", (event) => {
    isDragging = true;
    area.setPointerCapture(event.pointerId);
    byId("handle").focus({ preventScroll: true });
    follow(event);
    event.preventDefault();
  });
  area.addEventListener("pointermove", (event) => isDragging && follow(event));
  for (const kind of ["pointerup", "pointercancel"]) {
    area.addEventListener(kind, () => {
      if (!isDragging) return;
      isDragging = false;
      changed();
    });
  }
  byId("handle").addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    const step = KEY_STEP * (event.shiftKey ? 10 : 1);
    moveStart(
      ...chosen.axes.map((i, place) => {
        const [low, high] = portraitRange[place];
        return chosen.start[i] + way[place] * step * (high - low);
      }),
    );
  });
}

async function copyLink() {
  history.replaceState(null, "", linkText());
  try {
    await navigator.clipboard.writeText(location.href);
    byId("copy-link").textContent = "Copied";
  } catch {
    byId("copy-link").textContent = "The address is the link";
  }
  setTimeout(() => (byId("copy-link").textContent = "Copy link"), 2000);
}

function makeActions() {
  byId("copy-link").addEventListener("click", copyLink);
  byId("save-csv").addEventListener("click", () => {
    save(new Blob([tableText()], { type: "text/csv" }), fileName("trajectory.csv"));
  });
  byId("reset").addEventListener("click", () => {
    chosen = firstChoice();
    showChoice();
    changed();
  });
  for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => {
      picture(button.dataset.save).toBlob((blob) => save(blob, fileName(`${button.dataset.save}.png`)), "image/png");
    });
  }
  byId("trajectories").addEventListener("pointermove", (event) => {
    const { x, box } = plots.trajectories;
    const at = event.clientX - byId("trajectories").getBoundingClientRect().left;
    if (at >= box.left && at <= box.right) readAt(x.valueAt(at) / (lastTime(trajectory) || 1));
  });
}

// Short equations stand in columns that are as wide as the widest of them.
function layOutEquations() {
  const whole = byId("equations").clientWidth;
  const lines = [...byId("equations").querySelectorAll(".formula")];
  const short = lines.filter((line) => line.offsetWidth <= whole / LEAST_COLUMNS);
  for (const line of lines) line.classList.toggle("spanning", !short.includes(line));
  const widest = Math.max(0, ...short.map((line) => line.offsetWidth));
  byId("equations").style.setProperty("--widest", widest > 0 ? `${widest}px` : "100%");
}

function describeSystem() {
  layOutEquations();
  const counts = [`${states.length} ${states.length === 1 ? "state" : "states"}`];
  if (parameters.length > 0) counts.push(`${parameters.length} ${parameters.length === 1 ? "parameter" : "parameters"}`);
  byId("lead").textContent = `${counts.join(", ")}. Time and states are in the units of the equations.`;
}

function begin() {
  describeSystem();
  makeRows();
  makeChoices();
  makeBatch();
  makeActions();
  makeDrag();
  followLink();
  const complaint = byId("complaint").textContent;
  showChoice();
  complain(complaint);
  solveChosen();
  draw();
  window.addEventListener("hashchange", () => {
    followLink();
    showChoice();
    changed();
  });
  new ResizeObserver(draw).observe(document.querySelector(".views"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

begin();
