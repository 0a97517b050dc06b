// Tables. On a narrow screen each row is a card: no value of it is cut, and none is out of sight.

import { h } from "./dom.js";
import { t } from "./words.js";

const NOTHING = "–";

/** A table with a head; the columns from `numbers` on are figures, which a card names. */
export function table(kind, heads, numbers, rows) {
  const titles = heads.map((head) => head && t(head));
  for (const row of rows) if (row.children.length === titles.length) [...row.children].forEach((cell, at) => label(cell, titles[at]));
  return h("div", { class: "scroll", tabindex: "0" }, h("table", { class: `stack ${kind}` },
    h("thead", {}, h("tr", {}, titles.map((title, at) => h("th", { class: at >= numbers ? "number" : undefined }, title)))),
    h("tbody", {}, rows)));
}

function label(cell, title) {
  if (title) cell.setAttribute("data-head", title);
  if (cell.textContent === NOTHING) cell.classList.add("nothing");
}
