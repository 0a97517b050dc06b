// One trace: its spans as a waterfall, the attributes and the log lines of the span that is chosen.

import { address, get, remember, to } from "./api.js";
import { copyable, h, link, update } from "./dom.js";
import { clock, counted, duration, hue } from "./format.js";
import { fieldsOf, line } from "./loglines.js";
import { status } from "./traces.js";
import { t } from "./words.js";

const MARKS = 4; // of the scale
const DEEPEST = 12; // steps to the right
const ROOM = 16, ENOUGH = 30; // parts in 100 of the width beside a bar in which its length can stand, and where it does so
const SETTLED = 20e6; // µs after which nothing more comes of a trace

export async function show(view, id, about) {
  const load = () => get(`traces/${id}`, { pending: 1 });
  const opened = Date.now() * 1000;
  let found = await load();
  let chosen = address.query.get("span") ?? "";
  const services = about().graph?.nodes.map((node) => node.name) ?? [];
  const times = () => [...found.spans.map((each) => each.start), ...found.logs.map((each) => each.time)];
  const settled = () => Date.now() * 1000 - Math.max(...(times().length ? times() : [opened])) > SETTLED; // spans come seconds after the lines
  const draw = () => update(view, times().length ? page(found, services, chosen, choose) : nothing(settled() || address.run));
  function choose(span) {
    chosen = chosen === span ? "" : span;
    remember({ span: chosen });
    draw();
  }
  draw();
  return {
    refresh: async () => { if (!settled()) { found = await load(); draw(); } else if (!times().length) draw(); },
    escape: () => chosen && choose(chosen),
  };
}

const nothing = (settled) => h("section", { class: "card" },
  h("h2", {}, link(to("/traces"), { class: "back" }, `← ${t("all traces")}`)),
  h("p", { class: "empty" }, settled ? t("There is no such trace in this run; it may be too old, or of another run.") : t("Nothing of this trace has come yet; spans come seconds after their request.")));

const beginOf = (spans) => Math.min(...spans.map((each) => each.start));
const totalOf = (spans) => Math.max(1, Math.max(...spans.map((each) => each.start + each.duration)) - beginOf(spans));

/** The spans of a trace as bars, those of a caller above those of whom it calls. */
export function waterfall(spans, services, chosen, choose) {
  const begin = beginOf(spans), total = totalOf(spans);
  return h("div", { class: "waterfall" }, scale(total), ordered(spans).map(({ span, depth }) => bar(span, depth, begin, total, services, span.span === chosen, choose)));
}

function page(found, services, chosen, choose) {
  const begin = beginOf(found.spans), total = totalOf(found.spans);
  const span = found.spans.find((each) => each.span === chosen);
  const lines = span ? found.logs.filter((row) => row.span === chosen || (!row.span && row.process === span.service)) : found.logs;
  const root = ordered(found.spans)[0]?.span;
  return [
    h("section", { class: "card" },
      h("h2", {}, link(to("/traces"), { class: "back" }, `← ${t("all traces")}`), h("span", {}, root?.name ?? found.trace), root && status(root.status, 0), h("small", {}, found.spans.length ? `${clock(begin)} · ${duration(total)} · ${counted(found.spans.length, "spans")}` : "")),
      h("p", { class: "ids" }, copyable(found.trace), link(to("/logs", { trace: found.trace }), { class: "button" }, t("logs of this trace")), again(found)),
      found.spans.length > 0 && waterfall(found.spans, services, chosen, choose)),
    span && details(span),
    h("section", { class: "card" }, h("h2", {}, t(span ? "Logs of this span" : "Logs of this trace")),
      lines.length ? h("div", { class: "lines plain", role: "list" }, lines.map((row) => line(row, services))) : h("p", { class: "empty" }, t("nothing was logged"))),
  ];
}

/** A link to the form of this request, filled with what was recorded of it: never its body. */
function again(found) {
  const outer = found.spans.find((each) => each.attributes["http.url"] && each.attributes["upstream_cluster"]);
  const inner = found.spans.find((each) => each.kind === 2 && each.attributes["http.route"]);
  if (address.run || !inner) return null;
  const url = outer && URL.parse(outer.attributes["http.url"]);
  const user = found.logs.map((row) => fieldsOf(row).user_id).find(Boolean);
  const route = { service: inner.service, method: inner.attributes["http.request.method"], path: inner.attributes["http.route"] };
  return link(to("/try", { ...route, at: url ? url.pathname + url.search : "", user }), { class: "button" }, t("try it again"));
}

/** Spans below their parents, in the order of their start; one whose parent is not known stands by itself. */
function ordered(spans) {
  const known = new Set(spans.map((each) => each.span));
  const below = new Map();
  for (const each of spans) {
    const parent = known.has(each.parent) && each.parent !== each.span ? each.parent : "";
    below.set(parent, [...(below.get(parent) ?? []), each]);
  }
  const found = [], seen = new Set();
  const walk = (parent, depth) => {
    for (const span of below.get(parent) ?? []) {
      if (seen.has(span.id)) continue;
      seen.add(span.id);
      found.push({ span, depth });
      walk(span.span, depth + 1);
    }
  };
  walk("", 0);
  for (const span of spans) if (!seen.has(span.id)) found.push({ span, depth: 0 }); // a circle of parents
  return found;
}

const scale = (total) => h("div", { class: "scale" }, h("span", {}), h("div", {}, Array.from({ length: MARKS + 1 }, (_, at) => h("span", { style: { left: `${(at * 100) / MARKS}%` } }, duration((total * at) / MARKS)))));

function bar(span, depth, begin, total, services, chosen, choose) {
  const left = ((span.start - begin) / total) * 100;
  const width = Math.max(0.3, (span.duration / total) * 100);
  return h("button", { class: `span${chosen ? " chosen" : ""}${span.error ? " failed" : ""}`, "aria-pressed": String(chosen), onclick: () => choose(span.span), title: `${span.service}: ${span.name}` },
    h("span", { class: "title", style: { "--depth": String(Math.min(depth, DEEPEST)) } },
      h("b", { class: hue(span.service, services) }, span.service), h("span", {}, span.name)),
    h("span", { class: "track" },
      h("span", { class: `fill ${hue(span.service, services)}`, style: { left: `${Math.min(left, 99.7)}%`, width: `${Math.min(width, 100 - Math.min(left, 99.7))}%` } }),
      length(left, width, `${duration(span.duration)}${span.status >= 400 ? ` · ${span.status}` : ""}`)));
}

/** The length of a bar stands behind it, before it, or in it, wherever there is room. */
function length(left, width, text) {
  const after = 100 - left - width;
  if (Math.max(left, after) < ROOM) return h("span", { class: "long inside", style: { right: `${after + 1}%` } }, text);
  if (after >= Math.min(left, ENOUGH)) return h("span", { class: "long", style: { left: `${left + width + 0.6}%` } }, text);
  return h("span", { class: "long", style: { right: `${100.6 - left}%` } }, text);
}

function details(span) {
  const rows = Object.entries(span.attributes);
  return h("section", { class: "card" },
    h("h2", {}, span.name, h("small", {}, `${span.service} · ${duration(span.duration)}`)),
    h("dl", { class: "pairs" }, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])),
    span.events.length > 0 && [h("h3", {}, t("events")), h("ul", {}, span.events.map((event) => h("li", {}, `${clock(event.time)} ${event.name} `, Object.entries(event).filter(([name]) => name !== "time" && name !== "name").map(([name, value]) => h("span", { class: "field" }, h("i", {}, name), "=", value)))))]);
}
