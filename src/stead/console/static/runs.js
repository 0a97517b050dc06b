// Runs: those that are kept, and how long each process took to start in two of them.

import { get, post } from "./api.js";
import { h, link, update } from "./dom.js";
import { bytes, day, duration, number } from "./format.js";
import { t } from "./words.js";

export async function show(view) {
  let found = await get("runs"), chosen = [];
  const draw = () => update(view, page(found.runs, chosen, toggle, remove));
  function toggle(name) {
    chosen = chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name].slice(-2);
    draw();
  }
  async function remove(name) {
    if (!confirm(t("Delete this run?"))) return;
    await post(`runs/${name}/delete`);
    found = await get("runs");
    draw();
  }
  draw();
  return { refresh: async () => { found = await get("runs"); draw(); }, every: 5 };
}

function page(runs, chosen, toggle, remove) {
  const whole = runs.filter((run) => !run.damaged);
  const two = chosen.length === 2 ? whole.filter((run) => chosen.includes(run.name)) : whole.slice(0, 2);
  return [
    h("section", { class: "card" }, h("h2", {}, t("Runs")), h("div", { class: "scroll", tabindex: "0" }, h("table", {},
      h("thead", {}, h("tr", {}, ["", "run", "version", "traces", "failed", "lines", "errors", "took", "size", ""].map((each, at) => h("th", { class: at > 2 ? "number" : undefined }, each && t(each))))),
      h("tbody", {}, runs.map((run) => row(run, chosen, toggle, remove)))))),
    two.length === 2 && h("section", { class: "card" }, h("h2", {}, t("Compare start times"), h("small", {}, `${day(two[1].started)} → ${day(two[0].started)}`)), compared(two[0], two[1])),
  ];
}

function row(run, chosen, toggle, remove) {
  if (run.damaged) return h("tr", { "data-key": run.name }, h("td", {}), h("td", {}, run.name), h("td", { colspan: 6, class: "bad wide" }, run.damaged), h("td", { class: "number" }, bytes(run.bytes)), h("td", { class: "do" }, h("button", { onclick: () => remove(run.name) }, t("delete"))));
  return h("tr", { "data-key": run.name },
    h("td", {}, h("input", { type: "checkbox", "aria-label": run.name, checked: chosen.includes(run.name), onchange: () => toggle(run.name) })),
    h("td", {}, link(run.live ? "/" : `/?run=${run.name}`, { class: "strong" }, day(run.started)), " ", h("small", {}, run.live ? t("goes on") : "")),
    h("td", {}, run.version), h("td", { class: "number" }, number(run.traces)), h("td", { class: `number${run.failed ? " bad" : ""}` }, number(run.failed)),
    h("td", { class: "number" }, number(run.logs)), h("td", { class: `number${run.errors ? " bad" : ""}` }, number(run.errors)),
    h("td", { class: "number" }, run.mean === null ? "–" : `ø ${duration(run.mean)}`), h("td", { class: "number" }, bytes(run.bytes)),
    h("td", { class: "do" }, h("a", { class: "button", href: `/api/runs/${run.name}/file` }, t("save the file")), !run.live && h("button", { onclick: () => remove(run.name) }, t("delete"))));
}

function compared(now, before) {
  const names = [...new Set([...Object.keys(now.starts), ...Object.keys(before.starts)])];
  const longest = Math.max(1, ...names.map((name) => Math.max(now.starts[name] ?? 0, before.starts[name] ?? 0)));
  const bar = (value, kind) => h("span", { class: `meter ${kind}`, style: { "--part": `${((value ?? 0) / longest) * 100}%` } });
  return h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "compared" },
    h("thead", {}, h("tr", {}, ["process", "earlier", "this run", "difference"].map((each, at) => h("th", { class: at > 2 ? "number" : undefined }, t(each))))),
    h("tbody", {}, names.sort((one, two) => (now.starts[one] ?? 0) - (now.starts[two] ?? 0)).map((name) => {
      const change = (now.starts[name] ?? 0) - (before.starts[name] ?? 0);
      const both = name in now.starts && name in before.starts;
      return h("tr", { "data-key": name }, h("td", { class: "strong" }, name), h("td", { class: "took" }, bar(before.starts[name], "past"), duration(before.starts[name])), h("td", { class: "took" }, bar(now.starts[name]), duration(now.starts[name])),
        h("td", { class: `number${both && change > 200_000 ? " bad" : ""}` }, both ? `${change < 0 ? "−" : "+"}${duration(Math.abs(change))}` : "–"));
    }))));
}
