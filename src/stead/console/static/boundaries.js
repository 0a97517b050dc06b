// Boundaries: who may call whom, who does, and what was refused.

import { get, to } from "./api.js";
import { h, link, update } from "./dom.js";
import { clock, number } from "./format.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(view) {
  const load = async () => update(view, page(await get("boundaries")));
  await load();
  return { refresh: load, every: 5 };
}

function page(found) {
  const callees = found.graph.nodes.filter((node) => node.kind === "service").map((node) => node.name);
  const callers = ["", ...found.graph.nodes.map((node) => node.name)];
  const declared = new Map(found.graph.calls.map((call) => [`${call.caller}>${call.callee}`, call.operations]));
  const used = new Map(found.used.map((each) => [`${each.caller}>${each.callee}`, each.count]));
  const refused = new Map();
  for (const each of found.refused) refused.set(`${each.caller}>${each.callee}`, (refused.get(`${each.caller}>${each.callee}`) ?? 0) + 1);
  if (found.gateway) declared.set(`>${found.gateway}`, []);
  const columns = found.gateway ? [found.gateway, ...callees] : callees;
  return [
    h("section", { class: "card" }, h("h2", {}, t("Boundaries")), legend(),
      h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "matrix" },
        h("thead", {}, h("tr", {}, h("th", {}, `${t("caller")} ↓ ${t("callee")} →`), columns.map((name) => h("th", { scope: "col" }, h("span", {}, name))))),
        h("tbody", {}, callers.map((caller) => h("tr", {}, h("th", { scope: "row" }, caller || t("internet")), columns.map((callee) => cell(caller, callee, declared, used, refused)))))))),
    h("section", { class: "card" }, h("h2", {}, t("Refused calls")), list(found.refused)),
  ];
}

const SIGNS = { used: "✓", idle: "○", undeclared: "!", refused: "✗" };

function cell(caller, callee, declared, used, refused) {
  const pair = `${caller}>${callee}`;
  const may = declared.get(pair), count = used.get(pair) ?? 0, no = refused.get(pair) ?? 0;
  const kind = may !== undefined ? (count ? "used" : "idle") : count ? "undeclared" : no ? "refused" : caller === callee ? "self" : "none";
  const about = `${caller || t("internet")} → ${callee}${may?.length ? `: ${may.join(", ")}` : ""}${no ? `\n${t("refused")}: ${no}` : ""}`;
  return h("td", { class: `cell ${kind}`, title: about }, SIGNS[kind] ? `${SIGNS[kind]} ${count || no ? number(count || no) : ""}` : "", kind !== "refused" && no > 0 && h("span", { class: "no" }, `✗ ${number(no)}`));
}

const legend = () => h("p", { class: "legend" }, [["used", "declared and used"], ["idle", "declared, no call seen"], ["undeclared", "used, not declared"], ["refused", "refused"]].map(([kind, text]) => h("span", { class: `cell ${kind}` }, `${SIGNS[kind]} ${t(text)}`)));

function list(refused) {
  if (!refused.length) return h("p", { class: "empty" }, t("Nothing was refused in this run."));
  return table("refused", ["when", "who", "what", "why", ""], 5, refused.map((each) => h("tr", { "data-key": String(each.id) },
    h("td", { class: "when" }, clock(each.time)),
    h("td", {}, each.caller || t("from outside")),
    h("td", { class: "wide" }, h("span", { class: "strong" }, each.callee), " ", each.what),
    h("td", { class: "wide" }, each.why),
    h("td", {}, each.trace && link(to(`/traces/${each.trace}`), {}, t("trace"))))));
}
