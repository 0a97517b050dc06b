// Traces: the requests of a run, the newest first, filtered by what any of their spans holds.

import { address, get, remember, to } from "./api.js";
import { h, link, update } from "./dom.js";
import { clock, duration, hue, number } from "./format.js";
import { table } from "./table.js";
import { t } from "./words.js";

const NAMES = ["q", "service", "failed", "status", "slower", "since", "until"];
const TYPING = 250; // ms

export async function show(view, _name, about) {
  const filter = Object.fromEntries(NAMES.map((name) => [name, address.query.get(name) ?? ""]));
  const bar = h("div", { class: "bar" });
  const list = h("div", { class: "grow" });
  let found = [], more = false, services = [], timer = 0, asked = 0, paged = false, run = about().run.name;

  async function load() {
    const mine = (asked += 1);
    const answer = await get("traces", filter);
    if (mine !== asked) return;
    found = answer.traces;
    ({ more, services } = answer);
    paged = false;
    run = about().run.name;
    draw();
  }

  async function older() {
    const end = found[found.length - 1];
    const answer = await get("traces", { ...filter, before: `${end.start}:${end.trace}` });
    found = [...found, ...answer.traces];
    more = answer.more;
    paged = true;
    draw();
  }

  function set(name, value) {
    filter[name] = value;
    remember({ [name]: value });
    clearTimeout(timer);
    timer = setTimeout(load, name === "q" || name === "slower" ? TYPING : 0);
  }

  function draw() {
    const filtered = NAMES.some((name) => filter[name]);
    const longest = Math.max(1, ...found.map((each) => each.duration));
    update(bar,
      h("input", { type: "search", value: filter.q, "aria-label": t("Traces"), placeholder: t("search: words, \"a phrase\", name:value, -not"), oninput: (event) => set("q", event.target.value) }),
      h("select", { "aria-label": t("any service"), onchange: (event) => set("service", event.target.value) }, options([["", t("any service")], ...services.map((name) => [name, name])], filter.service)),
      h("select", { "aria-label": t("any status"), onchange: (event) => set("status", event.target.value) }, options([["", t("any status")], ["2", "2xx"], ["3", "3xx"], ["4", "4xx"], ["5", "5xx"]], filter.status)),
      h("input", { type: "number", min: "0", class: "slower", value: filter.slower, "aria-label": t("slower than, ms"), placeholder: t("slower than, ms"), oninput: (event) => set("slower", event.target.value) }),
      h("button", { class: `chip${filter.failed ? " on" : ""}`, "aria-pressed": String(Boolean(filter.failed)), onclick: () => set("failed", filter.failed ? "" : "1") }, t("only failed")),
      filter.until && h("button", { class: "chip on", onclick: () => { set("since", ""); set("until", ""); } }, `${t("only a part of the time")} ✕`),
    );
    if (!found.length) {
      update(list, h("p", { class: "empty" }, h("strong", {}, filtered ? t("No trace is like that.") : t("No request has come yet.")), !filtered && [h("br"), link(to("/try"), {}, t("Send one")), ` ${t("or")} `, link(to("/tasks"), {}, t("play the story")), "."]));
      return;
    }
    update(list,
      table("traces", ["when", "request", "status", "took", "services"], 5, found.map((each) => row(each, services, longest))),
      more && h("button", { class: "button older", onclick: older }, t("older traces")));
  }

  view.append(h("section", { class: "card full" }, bar, list));
  await load();
  return { refresh: async () => { if (!address.run && (!paged || run !== about().run.name)) await load(); }, close: () => clearTimeout(timer) };
}

/** The options of a filter; the one that the address asks for is among them, even where nothing meets it. */
function options(known, chosen) {
  const all = known.some(([value]) => value === chosen) ? known : [...known, [chosen, chosen]];
  return all.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
}

function row(each, services, longest) {
  return h("tr", { "data-key": each.trace, class: each.errors ? "failed" : "" },
    h("td", { class: "when" }, clock(each.start)),
    h("td", { class: "wide" }, link(to(`/traces/${each.trace}`), { class: "strong" }, each.name || each.trace)),
    h("td", {}, status(each.status, each.errors)),
    h("td", { class: "took" }, h("span", { class: "meter", style: { "--part": `${Math.max(1, (each.duration / longest) * 100)}%` } }), duration(each.duration)),
    h("td", { class: "who" }, each.services.map((part) => h("span", { class: `part ${hue(part.service, services)}${part.error ? " bad" : ""}` }, `${part.service} `, h("b", {}, number(part.spans))))),
  );
}

export const status = (code, errors) => h("span", { class: `code c${String(code)[0]}` }, code || (errors ? "✗" : "–"), errors && code < 400 ? " ✗" : "");
