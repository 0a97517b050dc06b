// Log lines as rows; a row opens to show its fields.

import { to } from "./api.js";
import { h, link } from "./dom.js";
import { clock, hue, level } from "./format.js";
import { parse } from "./json.js";
import { t } from "./words.js";

const SHORT = 6; // fields beside a message
const PLAIN = new Set(["method", "path", "status", "flags", "bytes_in", "bytes_out", "client", "filename", "lineno"]); // shown when a row is open

export function line(row, names, repeated = 0) {
  const fields = fieldsOf(row);
  const body = h("div", { class: `line ${level(row.level)}`, "data-key": String(row.id), "data-fixed": true, role: "listitem" },
    h("time", {}, clock(row.time)),
    h("span", { class: `from ${hue(row.process, names)}` }, row.process),
    h("span", { class: "level" }, level(row.level)),
    h("span", { class: "text" },
      repeated > 1 && h("span", { class: "times" }, `×${repeated}`),
      h("span", { class: "message" }, row.message),
      Object.entries(fields).filter(([name, value]) => !PLAIN.has(name) && value !== "-" && !row.message.includes(String(value))).slice(0, SHORT).map(([name, value]) => h("span", { class: "field" }, h("i", {}, name), "=", text(value)))),
    row.trace ? link(to(`/traces/${row.trace}`), { class: "totrace", title: row.trace }, t("trace")) : h("span", {}),
  );
  body.addEventListener("click", (event) => { if (!event.target.closest("a") && getSelection().isCollapsed) open(body, row, fields); });
  return body;
}

function open(body, row, fields) {
  const there = body.querySelector(".details");
  if (there) { there.remove(); return; }
  const pairs = [["time", new Date(row.time / 1000).toISOString()], ["process", row.process], ["trace_id", row.trace], ["span_id", row.span], ["request_id", row.request], ...Object.entries(fields)];
  body.append(h("div", { class: "details" },
    h("pre", {}, row.message),
    h("dl", {}, pairs.filter(([, value]) => value !== "").map(([name, value]) => [h("dt", {}, name), h("dd", {}, text(value))]))));
  body.scrollIntoView({ block: "nearest" });
}

/** The fields of a line, as its process wrote them. */
export function fieldsOf({ fields }) {
  try {
    return fields ? parse(fields) : {};
  } catch {
    return {};
  }
}

const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** Lines that differ only in numbers and ids, the newest of each kind with how many there are. */
export function grouped(rows) {
  const kinds = new Map();
  for (const row of rows) {
    const kind = `${row.process} ${row.level} ${row.message.replace(/[0-9a-f-]{8,}|\d+/gi, "#")}`;
    kinds.set(kind, { row, count: (kinds.get(kind)?.count ?? 0) + 1 });
  }
  return [...kinds.values()].sort((one, two) => one.row.time - two.row.time);
}
