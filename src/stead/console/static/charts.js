// Curves of one process: requests, failures, durations, memory and the pool of its database, over time.

import { h } from "./dom.js";
import { bytes, clock, duration, number, rate } from "./format.js";
import { t } from "./words.js";

const WIDTH = 260, HEIGHT = 54;

/** All curves of a service; nothing when nothing was measured yet. */
export function charts({ metrics, timeline }) {
  const { step, points } = timeline;
  const at = (pick) => points.map((point) => [point.time, pick(point)]);
  const size = metrics.database_pool_size?.at(-1)?.[1];
  const shown = [
    points.length > 0 && chart(t("requests"), at((point) => point.count / step), rate),
    points.length > 0 && chart(t("errors"), at((point) => point.errors), number, 1),
    points.length > 0 && chart("p95", at((point) => point.p95), duration),
    metrics.memory && chart(t("memory"), metrics.memory, bytes),
    metrics.database_pool_used && chart(t("connections in use"), metrics.database_pool_used, (value) => `${value} ${t("of")} ${size}`, size),
    metrics.database_pool_waiting && chart(t("waiting for a connection"), metrics.database_pool_waiting, number, 1),
  ].filter(Boolean);
  return shown.length > 0 && h("section", { class: "card" }, h("h2", {}, t("Metrics")), h("div", { class: "charts" }, shown));
}

/** One curve, with its last value and its highest. `least` is the least height that the scale has. */
function chart(title, points, text, least = 0) {
  const values = points.map(([, value]) => value ?? 0);
  const most = Math.max(least, ...values) || 1;
  const last = points.findLast(([, value]) => value !== null)?.[1];
  const about = `${title}: ${text(last)}, ${t("at most")} ${text(Math.max(...values))}`;
  return h("figure", { class: "chart" },
    h("figcaption", {}, h("span", {}, title), h("strong", {}, text(last))),
    h("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": about }, h("title", {}, about), h("path", { d: area(values, most), class: "area" }), h("path", { d: curve(values, most), class: "curve" })),
    h("small", {}, `${clock(points[0][0]).slice(0, 8)} – ${clock(points.at(-1)[0]).slice(0, 8)}`));
}

const x = (index, count) => (count > 1 ? (index / (count - 1)) * WIDTH : WIDTH);
const y = (value, most) => HEIGHT - 2 - (value / most) * (HEIGHT - 6);
const curve = (values, most) => (values.length > 1 ? values : [values[0], values[0]]).map((value, index, all) => `${index ? "L" : "M"}${(all.length === 2 ? index * WIDTH : x(index, all.length)).toFixed(1)} ${y(value, most).toFixed(1)}`).join(" ");
const area = (values, most) => `${curve(values, most)} L${WIDTH} ${HEIGHT} L0 ${HEIGHT} Z`;
