// Runs: those that are kept; how two of them differ; a file that somebody handed on.

import { get, post, upload } from "./api.js";
import { h, link, update } from "./dom.js";
import { bytes, day, duration, number } from "./format.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(view) {
  let found = await get("runs"), chosen = [], said = "";
  const draw = () => update(view, page(found.runs, chosen, { toggle, remove, open, said }));
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
  async function open(input) {
    const [file] = input.files;
    if (!file) return;
    said = `${file.name} …`;
    draw();
    try {
      const { name } = await upload("runs", file);
      said = `${file.name}: ${t("opened as")} ${name}`;
    } catch (error) {
      said = `${file.name}: ${error.message}`;
    }
    input.value = "";
    found = await get("runs");
    draw();
  }
  draw();
  return { refresh: async () => { found = await get("runs"); draw(); }, every: 5 };
}

function page(runs, chosen, { toggle, remove, open, said }) {
  const whole = runs.filter((run) => !run.damaged);
  const two = chosen.length === 2 ? whole.filter((run) => chosen.includes(run.name)) : whole.slice(0, 2);
  return [
    h("section", { class: "card" }, h("h2", {}, t("Runs"), h("label", { class: "button file" }, t("open a file"), h("input", { type: "file", accept: ".sqlite", onchange: (event) => open(event.target) }))),
      said && h("p", { class: "note", role: "status" }, said),
      table("runs", ["", "run", "version", "traces", "failed", "lines", "error lines", "took", "size", ""], 3, runs.map((run) => row(run, chosen, toggle, remove)))),
    two.length < 2 && h("p", { class: "empty" }, t("Two runs are compared here once there are two: run stead up again, or open a file.")),
    two.length === 2 && two.some((run) => Object.keys(run.starts).length) && h("section", { class: "card" }, h("h2", {}, t("Compare start times"), h("small", {}, span(two))), compared(two[0], two[1])),
    two.length === 2 && h("section", { class: "card" }, h("h2", {}, t("Compare requests"), h("small", {}, span(two))), requests(two[0], two[1])),
  ];
}

const span = ([now, before]) => `${day(before.started)} → ${day(now.started)}`;

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
  return table("compared", ["process", "earlier", "this run", "difference"], 3,
    names.sort((one, two) => (now.starts[one] ?? 0) - (now.starts[two] ?? 0)).map((name) => {
      const change = (now.starts[name] ?? 0) - (before.starts[name] ?? 0);
      const both = name in now.starts && name in before.starts;
      return h("tr", { "data-key": name }, h("td", { class: "strong" }, name), h("td", { class: "took" }, bar(before.starts[name], "past"), duration(before.starts[name])), h("td", { class: "took" }, bar(now.starts[name]), duration(now.starts[name])),
        h("td", { class: `number${both && change > 200_000 ? " bad" : ""}` }, both ? signed(change) : "–"));
    }));
}

/** What each service was asked, how long that took, and what failed. */
function requests(now, before) {
  const names = [...new Set([...Object.keys(now.traffic), ...Object.keys(before.traffic)])].sort();
  if (!names.length) return h("p", { class: "empty" }, t("No request has come yet."));
  return table("compared", ["service", "requests", "p95", "difference", "errors"], 1,
    names.map((name) => {
      const one = before.traffic[name], other = now.traffic[name];
      const change = one && other ? other.p95 - one.p95 : 0;
      const worse = one && other && change > SLOWER && change > one.p95 / 4;
      return h("tr", { "data-key": name }, h("td", { class: "strong" }, name), h("td", { class: "number" }, pair(one?.count, other?.count, number)), h("td", { class: "number" }, pair(one?.p95, other?.p95, duration)),
        h("td", { class: `number${worse ? " bad" : ""}` }, one && other ? signed(change) : "–"),
        h("td", { class: `number${(other?.errors ?? 0) > (one?.errors ?? 0) ? " bad" : ""}` }, pair(one?.errors, other?.errors, number)));
    }));
}

const SLOWER = 5000; // µs: less is no difference
const pair = (one, other, text) => `${one === undefined ? "–" : text(one)} → ${other === undefined ? "–" : text(other)}`;
const signed = (change) => (change ? `${change < 0 ? "−" : "+"}${duration(Math.abs(change))}` : "±0");
