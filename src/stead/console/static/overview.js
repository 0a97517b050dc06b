// Overview: what failed and why, what waits for what, the call graph, and the table of all processes.

import { get, post, to } from "./api.js";
import { copyable, h, link, update } from "./dom.js";
import { bytes, clock, duration, number, rate } from "./format.js";
import { callList, graph } from "./graph.js";
import { table } from "./table.js";
import { t } from "./words.js";

export const MARKS = { declared: "·", waiting: "◌", starting: "◐", healthy: "●", done: "✓", unhealthy: "●", restarting: "↻", failed: "✗", skipped: "–", stopped: "○" };

export async function show(view, name, known) {
  let about = known().graph ? known() : await get("overview");
  let doing = "", acted = ""; // what is asked for, or went wrong; the process whose state tells what came of it
  const render = () => update(view, page(about, act, doing || outcome(about.processes.find((each) => each.name === acted))));
  async function act(name, action) {
    [doing, acted] = [`${t(action)}: ${name} …`, name];
    render();
    try {
      await post(`processes/${name}/${action}`);
      doing = "";
    } catch (error) {
      doing = error.message;
    }
    about = await get("overview");
    render();
  }
  render();
  return { refresh: async () => { about = known(); render(); } };
}

const outcome = (process) => process && `${process.name}: ${t(process.state)}${process.why ? ` (${process.why})` : ""}`;

function page(about, act, doing) {
  const bad = about.processes.filter((each) => ["failed", "unhealthy", "restarting"].includes(each.state));
  const waits = about.processes.filter((each) => ["waiting", "starting"].includes(each.state));
  return [
    tiles(about),
    doing && h("p", { class: "note", role: "status" }, doing),
    bad.map((process) => failure(process, about, act)),
    waits.length > 0 && h("section", { class: "card" }, h("ul", { class: "waits" }, waits.map((each) => h("li", {}, h("strong", {}, each.name), ` ${t(each.state)}`, each.why ? `: ${each.why}` : "")))),
    h("section", { class: "card" }, h("h2", {}, t("Call graph"), h("small", {}, about.run.live ? t("last minute") : t("whole run"))), graph(about), callList(about)),
    h("section", { class: "card" }, h("h2", {}, t("Processes")), processes(about, act)),
  ];
}

function tiles(about) {
  const good = about.processes.filter((each) => ["healthy", "done", "skipped"].includes(each.state)).length;
  const broken = about.processes.filter((each) => each.state === "failed").length;
  const gateway = about.graph.nodes.find((node) => node.kind === "gateway");
  const figures = gateway ? about.traffic[gateway.name] : sum(Object.values(about.traffic));
  const failed = Object.values(about.traffic).reduce((all, each) => all + each.errors, 0);
  return h("section", { class: "tiles" },
    about.run.live ? tile(t("well"), `${good} ${t("of")} ${about.processes.length}`, good === about.processes.length ? "good" : "bad")
      : tile(t("failed processes"), number(broken), broken ? "bad" : ""),
    tile(t("requests"), rate(figures?.rate)),
    tile("p95", duration(figures?.p95)),
    tile(t("errors"), number(failed), failed ? "bad" : ""),
  );
}

const sum = (all) => all.reduce((total, each) => ({ rate: total.rate + each.rate, p95: Math.max(total.p95, each.p95) }), { rate: 0, p95: undefined });
const tile = (title, value, mood = "") => h("div", { class: `tile ${mood}` }, h("span", {}, title), h("strong", {}, value));

/** What failed, with its last words and what can be done. */
function failure(process, about, act) {
  const node = about.graph.nodes.find((each) => each.name === process.name);
  return h("section", { class: "card failure", "data-key": process.name },
    h("h2", {}, badge(process.state), link(to(`/services/${process.name}`), {}, process.name), h("small", {}, node?.where ?? "")),
    process.why && h("p", { class: "why" }, process.why),
    process.last?.length > 0 && [h("h3", {}, t("said last")), h("pre", { class: "last" }, process.last.join("\n"))],
    h("p", { class: "do" },
      about.run.live && h("button", { class: "button", onclick: () => act(process.name, "restart") }, t("restart")), " ",
      link(to("/logs", { process: process.name }), { class: "button" }, t("all its logs"))),
  );
}

const sign = (mark, action, process, act) => h("button", { class: "sign", title: `${t(action)}: ${process.name}`, "aria-label": `${t(action)}: ${process.name}`, onclick: () => act(process.name, action) }, mark);

export const badge = (state) => h("span", { class: `badge ${state}` }, h("span", { class: "mark" }, MARKS[state] ?? "·"), t(state));

function processes(about, act) {
  return table("processes", ["process", "state", "address", "requests", "p95", "errors", "memory", "restarts", ""], 3, about.processes.map((process) => row(process, about, act)));
}

function row(process, about, act) {
  const figures = about.traffic[process.name];
  const stopped = ["stopped", "failed", "done", "skipped"].includes(process.state);
  return h("tr", { "data-key": process.name },
    h("td", {}, link(to(`/services/${process.name}`), { class: "strong" }, process.name), " ", h("small", {}, process.kind === "service" ? "" : t(process.kind))),
    h("td", { title: process.since ? clock(process.since * 1e6) : undefined }, badge(process.state), process.why && h("small", { class: "why" }, ` ${process.why}`)),
    h("td", {}, process.url ? copyable(process.url) : ""),
    h("td", { class: "number" }, rate(figures?.rate)),
    h("td", { class: "number" }, duration(figures?.p95)),
    h("td", { class: `number${figures?.errors ? " bad" : ""}` }, figures ? number(figures.errors) : "–"),
    h("td", { class: "number" }, process.memory ? bytes(process.memory) : "–"),
    h("td", { class: "number" }, process.restarts || "–"),
    h("td", { class: "do" }, about.run.live && process.state !== "skipped" && (stopped
      ? sign("▶", "start", process, act)
      : [sign("↻", "restart", process, act), sign("■", "stop", process, act)])),
  );
}
