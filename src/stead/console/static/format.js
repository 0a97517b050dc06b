// How times, durations and numbers are shown: short, and of a width that does not jump.

import { language, plural } from "./words.js";

export function clock(micro) {
  const at = new Date(micro / 1000);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

export function day(micro) {
  return new Date(micro / 1000).toLocaleString(language(), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function duration(micro) {
  if (micro === undefined || micro === null) return "–";
  if (micro < 1000) return `${Math.round(micro)}\u00a0µs`;
  if (micro < 10_000) return `${(micro / 1000).toFixed(1)}\u00a0ms`;
  if (micro < 1_000_000) return `${Math.round(micro / 1000)}\u00a0ms`;
  return `${(micro / 1_000_000).toFixed(2)}\u00a0s`;
}

export function rate(value) {
  if (!value) return "–";
  if (value < 0.1) return "<0.1/s";
  return value < 10 ? `${value.toFixed(1)}/s` : `${Math.round(value)}/s`;
}

export function bytes(size) {
  if (size < 1024) return `${size}\u00a0B`;
  if (size < 1_048_576) return `${Math.round(size / 1024)}\u00a0kB`;
  return `${(size / 1_048_576).toFixed(1)}\u00a0MB`;
}

export function number(value) {
  return value === undefined || value === null ? "–" : Number(value).toLocaleString(language());
}

/** A number with what it counts. */
export const counted = (value, word) => `${number(value)} ${plural(value, word)}`;

const LEVELS = { 5: "trace", 10: "debug", 20: "info", 30: "warning", 40: "error", 50: "critical" };
export const level = (number) => LEVELS[number] ?? "info";

/** A colour for each service, told apart also by those who see no red or green: the palette of Okabe and Ito. */
const PALETTE = 8;
export function hue(name, names) {
  const at = names.indexOf(name);
  return `hue${(at < 0 ? names.length : at) % PALETTE}`;
}
