// The call graph: callers on the left, callees on the right, in columns by the longest path; drawn as SVG.

import { to } from "./api.js";
import { h } from "./dom.js";
import { duration, rate } from "./format.js";
import { t } from "./words.js";

const WIDTH = 176, HEIGHT = 54, ACROSS = 96, DOWN = 22, EDGE = 14;
const SWEEPS = 6;

/** Lay nodes out; return each with its place, and the size of all. Calls that close a circle do not move their callee. */
export function layout(names, calls) {
  const callees = new Map(names.map((name) => [name, []]));
  for (const { caller, callee } of calls) if (callees.has(caller) && callees.has(callee) && caller !== callee) callees.get(caller).push(callee);
  const column = new Map(names.map((name) => [name, 0]));
  const state = new Map();
  const order = [];
  const visit = (name) => {
    state.set(name, "open");
    for (const callee of callees.get(name)) if (!state.has(callee)) visit(callee);
    state.set(name, "done");
    order.unshift(name);
  };
  names.forEach((name) => state.has(name) || visit(name));
  const place = new Map(order.map((name, index) => [name, index]));
  for (const name of order) for (const callee of callees.get(name)) if (place.get(callee) > place.get(name)) column.set(callee, Math.max(column.get(callee), column.get(name) + 1));
  const columns = [];
  for (const name of order) (columns[column.get(name)] ??= []).push(name);
  sort(columns, callees);
  return places(columns);
}

function sort(columns, callees) {
  const near = new Map();
  for (const [caller, all] of callees) for (const callee of all) {
    near.set(caller, [...(near.get(caller) ?? []), callee]);
    near.set(callee, [...(near.get(callee) ?? []), caller]);
  }
  const row = new Map();
  const note = () => columns.forEach((names) => names.forEach((name, index) => row.set(name, index - names.length / 2)));
  note();
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const names of sweep % 2 ? [...columns].reverse() : columns) {
      const middle = new Map(names.map((name) => [name, mean((near.get(name) ?? [name]).map((each) => row.get(each)))]));
      names.sort((one, two) => middle.get(one) - middle.get(two));
      note();
    }
  }
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function places(columns) {
  const tallest = Math.max(1, ...columns.map((names) => names.length));
  const height = tallest * (HEIGHT + DOWN) - DOWN;
  const found = new Map();
  columns.forEach((names, at) => {
    const own = names.length * (HEIGHT + DOWN) - DOWN;
    names.forEach((name, index) => found.set(name, { x: EDGE + at * (WIDTH + ACROSS), y: EDGE + (height - own) / 2 + index * (HEIGHT + DOWN) }));
  });
  return { places: found, width: columns.length * (WIDTH + ACROSS) - ACROSS + 2 * EDGE, height: height + 2 * EDGE };
}

/** Draw the graph of an overview. */
export function graph(about) {
  const outside = about.graph.nodes.some((node) => node.kind === "gateway") ? [{ name: "", kind: "internet" }] : [];
  const nodes = [...outside, ...about.graph.nodes];
  const gateway = about.graph.nodes.find((node) => node.kind === "gateway");
  const declared = [...(gateway ? [{ caller: "", callee: gateway.name, operations: [] }] : []), ...about.graph.calls];
  const { places: at, width, height } = layout(nodes.map((node) => node.name), declared);
  const traffic = new Map(about.calls.map((call) => [`${call.caller}>${call.callee}`, call]));
  const states = new Map(about.processes.map((process) => [process.name, process.state]));
  return h("div", { class: "graph" },
    h("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": t("Call graph") },
      h("defs", {}, h("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, h("path", { d: "M0 0 L8 4 L0 8 Z", class: "head" }))),
      declared.map((call) => edge(call, at, traffic.get(`${call.caller}>${call.callee}`))),
      nodes.map((node) => box(node, at.get(node.name), states.get(node.name), about.traffic[node.name])),
    ));
}

function edge(call, at, figures) {
  const from = at.get(call.caller), to_ = at.get(call.callee);
  if (!from || !to_) return null;
  const x1 = from.x + WIDTH, y1 = from.y + HEIGHT / 2, x2 = to_.x - 3, y2 = to_.y + HEIGHT / 2;
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  const active = figures && figures.count > 0;
  const said = `${call.caller || t("internet")} → ${call.callee}${call.operations.length ? ` (${call.operations.join(", ")})` : ""}`;
  const path = x2 > x1 ? `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` : `M${x1} ${y1} C${x1 + 60} ${y1 + 70} ${x2 - 60} ${y2 + 70} ${x2} ${y2}`;
  return h("g", { class: `edge${active ? " active" : ""}${active && figures.errors ? " failing" : ""}` },
    h("title", {}, active ? `${said}\n${rate(figures.rate)}, p95 ${duration(figures.p95)}, ${figures.errors} ${t("errors")}` : said),
    h("path", { d: path, "marker-end": "url(#arrow)", "stroke-width": active ? Math.min(4, 1.4 + Math.log10(1 + figures.count) / 1.5) : 1.2 }),
    active && x2 > x1 && h("text", { x: x2 - 12, y: y2 - 6, "text-anchor": "end", class: "figure" }, `${rate(figures.rate)} · ${duration(figures.p95)}`),
  );
}

function box(node, at, state, figures) {
  const inside = node.kind === "internet";
  const body = h("g", { class: `node ${node.kind} ${state ?? "none"}`, transform: `translate(${at.x} ${at.y})` },
    h("rect", { width: WIDTH, height: HEIGHT, rx: inside ? HEIGHT / 2 : 9, class: "back" }),
    !inside && h("rect", { width: 5, height: HEIGHT - 18, x: 9, y: 9, rx: 2.5, class: "bar" }),
    h("text", { x: inside ? WIDTH / 2 : 24, y: inside ? HEIGHT / 2 + 5 : 23, class: "name", "text-anchor": inside ? "middle" : "start" }, inside ? t("internet") : short(node.name)),
    !inside && h("text", { x: 24, y: 41, class: "figures" }, figures ? `${rate(figures.rate)} · p95 ${duration(figures.p95)}${figures.errors ? ` · ✗ ${figures.errors}` : ""}` : [t(state ?? node.kind), node.needs?.length ? ` · ${node.needs.join(", ")}` : ""].join("")),
  );
  return inside ? body : h("svg:a", { href: to(`/services/${node.name}`) }, body);
}

const short = (name) => (name.length > 20 ? `${name.slice(0, 19)}…` : name);
