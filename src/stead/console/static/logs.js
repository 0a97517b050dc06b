// Logs: all processes in the order of time, searched, by level, followed; the filters are in the address.

import { address, get, remember } from "./api.js";
import { h, update } from "./dom.js";
import { hue } from "./format.js";
import { grouped, line } from "./loglines.js";
import { t } from "./words.js";

const MOST = 2000; // rows that are shown
const FLOOD = 500; // rows of one answer: there are more, and the newest are what is shown
const NAMES = ["q", "level", "process", "trace"];
const TYPING = 250; // ms

export async function show(view, _name, about) {
  const filter = Object.fromEntries(NAMES.map((name) => [name, address.query.get(name) ?? ""]));
  const list = h("div", { class: "lines", role: "list", tabindex: "0", "aria-label": t("Logs") });
  const bar = h("div", { class: "bar" });
  let rows = [], last = 0, more = false, following = !address.run, similar = false, names = [], timer = 0, asked = 0, run = about().run.name;

  async function load() {
    const mine = (asked += 1);
    const answer = await get("logs", { ...filter, limit: 300 });
    if (mine !== asked) return;
    ({ last, more } = answer);
    rows = answer.lines;
    names = answer.processes;
    draw();
    list.scrollTop = list.scrollHeight;
  }

  function draw() {
    tools();
    const shown = similar ? grouped(rows).map(({ row, count }) => line(row, names, count)) : rows.map((row) => line(row, names));
    list.replaceChildren(...(more && !similar ? [h("div", { role: "listitem" }, h("button", { class: "button older", onclick: older }, t("older lines")))] : []), ...shown);
    if (!rows.length) list.replaceChildren(h("p", { class: "empty", role: "listitem" }, h("strong", {}, t("No line is like that.")), h("br"), t("Take a word out of the search, or choose a lower level.")));
  }

  async function older() {
    const first = rows[0];
    const answer = await get("logs", { ...filter, limit: 300, before: `${first.time}:${first.id}` });
    const height = list.scrollHeight;
    rows = [...answer.lines, ...rows];
    more = answer.more;
    draw();
    list.scrollTop = list.scrollHeight - height;
  }

  async function refresh() {
    if (!following) return;
    if (run !== about().run.name) { run = about().run.name; await load(); return; } // its lines are numbered anew
    const mine = asked;
    const answer = await get("logs", { ...filter, after: String(last) });
    if (mine !== asked || !answer.lines.length) return;
    if (answer.lines.length >= FLOOD) { await load(); return; }
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    if (!rows.length) list.replaceChildren();
    last = answer.last;
    rows = [...rows, ...answer.lines].slice(-MOST);
    if (similar) {
      if (!list.querySelector(".details")) draw(); // an open line is being read
    } else {
      list.append(...answer.lines.map((row) => line(row, names)));
      while (list.children.length > MOST) list.firstElementChild.remove();
    }
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  function set(name, value) {
    filter[name] = value;
    remember({ [name]: value });
    clearTimeout(timer);
    timer = setTimeout(load, name === "q" ? TYPING : 0);
  }

  function toggle(name) {
    const chosen = new Set(filter.process.split(",").filter(Boolean));
    chosen.delete(name) || chosen.add(name);
    set("process", [...chosen].join(","));
  }

  function tools() {
    const chosen = filter.process.split(",").filter(Boolean);
    const all = [...new Set([...names, ...chosen])]; // a filter that nothing meets is shown too: it can be taken out
    update(bar,
      h("input", { type: "search", value: filter.q, "aria-label": t("Logs"), placeholder: t("search: words, \"a phrase\", name:value, -not"), oninput: (event) => set("q", event.target.value) }),
      h("select", { "aria-label": t("any level"), onchange: (event) => set("level", event.target.value) },
        [["", t("any level")], ["info", "≥ info"], ["warning", "≥ warning"], ["error", "≥ error"]].map(([value, text]) => h("option", { value, selected: value === filter.level }, text))),
      filter.trace && h("button", { class: "chip on", onclick: () => set("trace", "") }, `${t("trace")} ${filter.trace.slice(0, 8)} ✕`),
      h("button", { class: `chip${similar ? " on" : ""}`, "aria-pressed": String(similar), onclick: () => { similar = !similar; draw(); } }, t("group similar")),
      h("button", { class: `chip${following ? " on" : ""}`, "aria-pressed": String(following), onclick: () => { following = !following; tools(); if (following) load(); } }, following ? `● ${t("following")}` : t("follow")),
      h("div", { class: "chips" }, all.map((name) => h("button", { class: `chip ${hue(name, names)}${chosen.includes(name) ? " on" : ""}`, "aria-pressed": String(chosen.includes(name)), onclick: () => toggle(name) }, name))),
    );
  }

  view.append(h("section", { class: "card full" }, bar, list));
  await load();
  return { refresh, close: () => clearTimeout(timer) };
}
