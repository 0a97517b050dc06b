// The call graph, drawn as SVG: callers on the left, callees on the right, with the traffic of each arrow.

import { to } from "./api.js";
import { h } from "./dom.js";
import { duration, rate } from "./format.js";
import { HEIGHT, WIDTH, layout } from "./layout.js";
import { t } from "./words.js";

const CROWDED = 4; // arrows into one node of which each still has room for its figures
const LONGEST = 20, SHORT = 15; // characters of a name in a box; where the letters are larger, since all is drawn smaller
const LETTER = 5.9; // pixels of a figure's character, on average

/** Draw the graph of an overview. */
export function graph(about) {
  const gateway = about.graph.nodes.find((node) => node.kind === "gateway");
  const nodes = [...(gateway ? [{ name: "", kind: "internet" }] : []), ...about.graph.nodes];
  const declared = [...(gateway ? [{ caller: "", callee: gateway.name, operations: [] }] : []), ...about.graph.calls];
  const { places, paths, width, height, many } = layout(nodes.map((node) => node.name), declared);
  const traffic = new Map(about.calls.map((call) => [`${call.caller}>${call.callee}`, call]));
  const states = new Map(about.processes.map((process) => [process.name, process.state]));
  const into = (callee) => declared.filter((call) => call.callee === callee).length;
  return h("div", { class: `graph${many ? " many" : ""}`, tabindex: "0" },
    h("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": t("Call graph") },
      h("defs", {}, h("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" }, h("path", { d: "M0 0 L8 4 L0 8 Z", class: "head" }))),
      declared.map((call) => edge(call, paths.get(`${call.caller}>${call.callee}`), traffic.get(`${call.caller}>${call.callee}`))),
      !many && declared.map((call) => into(call.callee) <= CROWDED && figure(paths.get(`${call.caller}>${call.callee}`), traffic.get(`${call.caller}>${call.callee}`))),
      nodes.map((node) => box(node, places.get(node.name), states.get(node.name), about.traffic[node.name], many ? SHORT : LONGEST)),
    ));
}

/** The same as a list: for a narrow screen, and for who does not see the picture. */
export function callList(about) {
  const traffic = new Map(about.calls.map((call) => [`${call.caller}>${call.callee}`, call]));
  return h("ul", { class: "calls" }, about.graph.calls.map((call) => {
    const figures = traffic.get(`${call.caller}>${call.callee}`);
    return h("li", {}, h("span", { class: "strong" }, call.caller), " → ", h("span", { class: "strong" }, call.callee), " ",
      h("small", {}, figures ? `${rate(figures.rate)} · p95 ${duration(figures.p95)}${figures.errors ? ` · ✗ ${figures.errors}` : ""}` : call.operations.join(", ")));
  }));
}

function edge(call, path, figures) {
  if (!path) return null;
  const active = figures && figures.count > 0;
  const said = `${call.caller || t("internet")} → ${call.callee}${call.operations.length ? ` (${call.operations.join(", ")})` : ""}`;
  return h("g", { class: `edge${active ? " active" : ""}${active && figures.errors ? " failing" : ""}` },
    h("title", {}, active ? `${said}\n${rate(figures.rate)}, p95 ${duration(figures.p95)}, ${figures.errors} ${t("errors")}` : said),
    h("path", { d: path.d, "marker-end": "url(#arrow)", "stroke-width": active ? Math.min(3.2, 1.2 + Math.log10(1 + figures.count) / 1.6) : 1.2 }),
  );
}

/** The figures of an arrow, drawn after all arrows, so that none runs through them. */
function figure(path, figures) {
  if (!path || !figures?.count) return null;
  const text = `${rate(figures.rate)}, ${duration(figures.p95)}${figures.errors ? `, ✗ ${figures.errors}` : ""}`;
  const width = text.length * LETTER + 6;
  return h("g", {},
    h("rect", { x: path.end.x - 9 - width, y: path.end.y - 6.5, width, height: 13, rx: 4, class: "plate" }),
    h("text", { x: path.end.x - 12, y: path.end.y + 3.5, "text-anchor": "end", class: "figure" }, text));
}

function box(node, at, state, figures, letters) {
  const outside = node.kind === "internet";
  const traffic = figures && `${rate(figures.rate)} · p95 ${duration(figures.p95)}${figures.errors ? ` · ✗ ${figures.errors}` : ""}`;
  const needs = node.needs?.length ? ` · ${node.needs.join(", ")}` : "";
  const body = h("g", { class: `node ${node.kind} ${state ?? "none"}`, transform: `translate(${at.x} ${at.y})` },
    h("title", {}, [node.name, state && t(state), node.about].filter(Boolean).join("\n")),
    h("rect", { width: WIDTH, height: HEIGHT, rx: outside ? HEIGHT / 2 : 9, class: "back" }),
    !outside && h("rect", { width: 5, height: HEIGHT - 18, x: 9, y: 9, rx: 2.5, class: "stripe" }),
    h("text", { x: outside ? WIDTH / 2 : 24, y: outside ? HEIGHT / 2 + 5 : 23, class: "name", "text-anchor": outside ? "middle" : "start" }, outside ? t("internet") : short(node.name, letters)),
    !outside && h("text", { x: 24, y: 41, class: "about" }, traffic || `${t(state ?? node.kind)}${needs}`),
  );
  return outside ? body : h("svg:a", { href: to(`/services/${node.name}`) }, body);
}

const short = (name, letters) => (name.length > letters ? `${name.slice(0, letters - 1)}…` : name);
