// One process: its state and what became of it, its routes with their figures, its environment, and its newest log lines.

import { get, post, to } from "./api.js";
import { charts } from "./charts.js";
import { copyable, h, link, update } from "./dom.js";
import { clock, counted, duration, number, rate } from "./format.js";
import { line } from "./loglines.js";
import { database } from "./database.js";
import { badge } from "./overview.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(view, name, about) {
  const body = h("div", { class: "view" });
  view.append(body);
  let doing = "", rows = null;
  async function load() {
    const [found, logs] = await Promise.all([get(`services/${name}`), get("logs", { process: name, limit: 40 })]);
    update(body, page(found, logs.lines, about(), act, doing));
    if (!rows && found.node?.database && about().run?.live) view.append(rows = database(name));
  }
  async function act(action) {
    doing = `${t(action)} …`;
    await load();
    try {
      await post(`processes/${name}/${action}`);
      doing = ""; // the state beside the name tells what came of it
    } catch (error) {
      doing = error.message;
    }
    await load();
  }
  await load();
  return { refresh: load, every: 2 };
}

function page(found, lines, about, act, doing) {
  const { node, process, traffic } = found;
  const operations = new Map(found.operations.map((each) => [each.name, each]));
  return [
    h("section", { class: "card" },
      h("h2", {}, found.name, process && badge(process.state), h("small", {}, [node && t(node.kind), node?.about, node?.where].filter(Boolean).join(" · "))),
      doing && h("p", { class: "note", role: "status" }, doing),
      process?.why && h("p", { class: "why" }, process.why),
      h("p", { class: "ids" }, process?.url && copyable(process.url), process?.pid && h("small", {}, `pid ${process.pid}`), node?.needs?.length > 0 && h("small", {}, `${t("needs")}: ${node.needs.join(", ")}`)),
      h("p", { class: "figures" }, traffic ? `${rate(traffic.rate)} · p95 ${duration(traffic.p95)} · ${counted(traffic.errors, "errors")}` : ""),
      about.run?.live && h("p", { class: "do" }, actionsOf(process).map((action) => h("button", { class: "button", onclick: () => act(action) }, t(action)))),
      process?.last?.length > 0 && h("pre", { class: "last" }, process.last.join("\n"))),
    h("div", { class: "two" },
      calls(t("Called by"), found.callers, "caller", node?.kind === "gateway" ? t("internet") : t("nobody")),
      calls(t("Calls"), found.calls, "callee", t("nothing"))),
    charts(found),
    node?.routes.length > 0 && h("section", { class: "card" }, h("h2", {}, t("Routes")), routes(node.routes, operations, found.name, about.run?.live)),
    node?.settings.length > 0 && h("section", { class: "card" }, h("h2", {}, t("Environment")), settings(node.settings)),
    h("section", { class: "card" }, h("h2", {}, t("Logs"), link(to("/logs", { process: found.name }), { class: "button" }, t("all its logs"))), lines.length ? h("div", { class: "lines plain", role: "list" }, lines.map((row) => line(row, [found.name]))) : h("p", { class: "empty" }, t("nothing was logged"))),
    found.history.length > 0 && h("section", { class: "card" }, h("h2", {}, t("History")), table("history", ["when", "state", "why"], 3, found.history.map((each) => h("tr", { "data-key": String(each.id) }, h("td", { class: "when" }, clock(each.time)), h("td", {}, badge(each.state)), h("td", { class: "wide" }, each.why))))),
  ];
}

/** A process that runs is restarted or stopped; another one is started. */
const actionsOf = (process) => (!process || process.state === "skipped" ? [] : ["stopped", "failed", "done"].includes(process.state) ? ["start"] : ["restart", "stop"]);

const calls = (title, all, side, none) => h("section", { class: "card" }, h("h2", {}, title), all.length
  ? h("ul", { class: "plain" }, all.map((call) => h("li", {}, link(to(`/services/${call[side]}`), { class: "strong" }, call[side]), " ", h("small", {}, call.operations.join(", ")))))
  : h("p", { class: "empty short" }, none));

function routes(all, operations, service, live) {
  return table("routes", ["method", "path", "access", "count", "median", "p95", "errors", ""], 3,
    all.map((route) => {
      const figures = operations.get(`${route.method} ${route.path}`);
      return h("tr", {}, h("td", {}, h("b", { class: "method" }, route.method)),
        h("td", {}, link(to("/traces", { service, q: `"${route.path}"` }), {}, route.path)),
        h("td", {}, h("span", { class: `access ${route.access}` }, route.access), " ", h("small", {}, [route.operation, ...route.roles].filter(Boolean).join(", "))),
        h("td", { class: "number" }, figures ? number(figures.count) : "–"), h("td", { class: "number" }, duration(figures?.p50)), h("td", { class: "number" }, duration(figures?.p95)),
        h("td", { class: `number${figures?.errors ? " bad" : ""}` }, figures ? number(figures.errors) : "–"),
        h("td", { class: "do" }, live && link(to("/try", { service, method: route.method, path: route.path }), { class: "button" }, t("try"))));
    }));
}

/** The value of a setting; of a secret, only whether it is set. */
function value({ secret, value: text }) {
  if (secret && text !== "") return h("span", { class: "secret" }, `•••••• ${t("secret")}`);
  return text ? h("code", {}, text) : h("small", {}, t("unset"));
}

function settings(all) {
  return table("settings", ["setting", "value", "from", "why"], 4, all.map((each) => h("tr", {}, h("td", { class: "name" }, h("code", {}, each.name)),
    h("td", { class: "wide" }, value(each)), h("td", {}, h("small", {}, each.source)), h("td", {}, h("small", {}, each.why)))));
}
