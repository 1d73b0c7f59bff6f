// Numbers as text.

const DIGITS = 9;
// Below it a number is written with a power of ten.
const SMALLEST_PLAIN = 1e-3;

// Nine digits, without zeros at the end.
function numberText(value, digits = DIGITS) {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const isSmall = value !== 0 && Math.abs(value) < SMALLEST_PLAIN;
  const [mantissa, exponent] = (isSmall ? value.toExponential(digits - 1) : value.toPrecision(digits)).split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return (exponent === undefined ? short : `${short}e${exponent.replace("+", "")}`).replaceAll("-", "−");
}

// A number as a tick of an axis shows it.
function tickText(value, step) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return numberText(value, 3);
  return value.toFixed(Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9)))).replace("-", "−");
}

function parsedNumber(text) {
  const value = Number(String(text).trim().replaceAll("−", "-"));
  return String(text).trim() !== "" && Number.isFinite(value) ? value : null;
}

// An angle between −π and π.
function wrapped(angle) {
  const turns = Math.round(angle / (2 * Math.PI));
  return angle - 2 * Math.PI * turns;
}

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function byId(id) {
  return document.getElementById(id);
}
