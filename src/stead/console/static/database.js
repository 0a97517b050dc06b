// The database of a service, for reading: tables and their rows, migrations, the outbox, idempotency keys.

import { get } from "./api.js";
import { h, update } from "./dom.js";
import { bytes, number } from "./format.js";
import { t } from "./words.js";

const BAD = new Set(["failed", "aborted", "cancelled"]);

/** Show the database of a service in a card of its own; it is read when somebody opens the card, and not before. */
export function database(name) {
  const body = h("div", { class: "database" });
  const state = { found: null, table: "", rows: null, page: 0, wrong: "" };
  const draw = () => update(body, page(state, open, turn));

  async function ask(question) {
    state.wrong = "";
    try {
      await question();
    } catch (error) {
      state.wrong = error.message;
    }
    draw();
  }
  const load = () => ask(async () => { state.found = await get(`services/${name}/database`); });
  const read = () => ask(async () => { state.rows = await get(`services/${name}/rows`, { table: state.table, page: state.page }); });
  function open(table) { Object.assign(state, { table, page: 0, rows: null }); return read(); }
  function turn(by) { state.page += by; return read(); }

  const card = h("details", { ontoggle: () => { if (card.open && !state.found) load(); } }, h("summary", {}, h("h2", {}, t("Database"), h("small", {}, t("read only")))), body);
  return h("section", { class: "card" }, card);
}

function page({ found, table, rows, page: at, wrong }, open, turn) {
  return [
    wrong && h("p", { class: "note bad" }, wrong),
    found && [
      h("div", { class: "two" }, part(t("Tables"), tables(found.tables, table, open)), part(t("Migrations"), plain(found.migrations))),
      table && rows && part(table, [grid(rows.columns, rows.rows), h("p", { class: "do" }, h("button", { disabled: at === 0, onclick: () => turn(-1) }, t("newer")), h("button", { disabled: !rows.more, onclick: () => turn(1) }, t("older")))]),
      found.outbox.length > 0 && part(t("Outbox"), [h("p", { class: "figures" }, found.outbox.map(({ status, count }) => h("span", { class: BAD.has(status) ? "bad" : undefined }, `${status}: ${number(count)}  `))), plain(found.messages)]),
      found.keys.length > 0 && part(t("Idempotency keys"), plain(found.keys)),
    ],
  ];
}

const part = (title, body) => h("div", {}, h("h3", {}, title), body);

function tables(all, chosen, open) {
  if (!all.length) return h("p", { class: "empty" }, t("There is nothing here."));
  return h("div", { class: "scroll", tabindex: "0" }, h("table", {}, h("tbody", {}, all.map((each) => {
    const name = `${each.schema}.${each.name}`;
    return h("tr", { "data-key": name }, h("td", {}, h("button", { class: `copy${name === chosen ? " strong" : ""}`, "aria-pressed": String(name === chosen), onclick: () => open(name) }, each.name)), h("td", { class: "number" }, each.about ? `≈ ${number(each.about)}` : ""), h("td", { class: "number" }, bytes(each.bytes)));
  }))));
}

const plain = (rows) => (rows.length ? grid(Object.keys(rows[0]), rows) : h("p", { class: "empty" }, t("There is nothing here.")));

function grid(columns, rows) {
  if (!rows.length) return h("p", { class: "empty" }, t("There is nothing here."));
  return h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", {}, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((name) => h("td", {}, row[name] === null ? h("small", {}, "null") : String(row[name]))))))));
}
