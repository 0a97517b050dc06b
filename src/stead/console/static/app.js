// The frame of the page: navigation, the run that is looked at, keys, and the clock that lets the shown page look again.

import { ApiError, GoneError, address, get, remember, to } from "./api.js";
import { h, link, update } from "./dom.js";
import { day } from "./format.js";
import { choose, language, t } from "./words.js";
import * as boundaries from "./boundaries.js";
import * as logs from "./logs.js";
import * as overview from "./overview.js";
import * as runs from "./runs.js";
import * as service from "./service.js";
import * as tasks from "./tasks.js";
import * as trace from "./trace.js";
import * as traces from "./traces.js";
import * as request from "./request.js";

const PAGES = [
  ["o", "/", "Overview", overview], ["l", "/logs", "Logs", logs], ["t", "/traces", "Traces", traces],
  ["b", "/boundaries", "Boundaries", boundaries], ["r", "/runs", "Runs", runs], ["k", "/tasks", "Tasks", tasks], ["y", "/try", "Try", request],
];
const DETAILS = [[/^\/traces\/([0-9a-f]+)$/, trace, "/traces"], [/^\/services\/([\w.-]+)$/, service, "/"]];
const PERIOD = 1000; // ms between two looks, while the page is visible
const SHOWN = 8000; // ms that an action's failure is shown
const SELDOM = 3; // looks after which the frame is told what it shows, where the page does not show it as well

const top = h("header");
const nav = h("nav", { "aria-label": "console" });
let framed = ""; // the page to which the navigation was scrolled: on a phone it is wider than the screen
const notice = h("div", { role: "status", class: "notices" });
const main = h("main", { tabindex: "0" }); // it scrolls: keys must reach it
let shown = { refresh: async () => {} };
let about = { processes: [], run: {} };
let broken = "", failed = { text: "", until: 0 };

function found(path) {
  for (const [pattern, page, parent] of DETAILS) {
    const match = pattern.exec(path);
    if (match) return { page, parent, name: decodeURIComponent(match[1]) };
  }
  const plain = PAGES.find(([, where]) => where === path);
  return { page: plain ? plain[3] : overview, parent: plain ? path : "/", name: "" };
}

let turns = 0;

/** Show the page of the address. One that is slow, and has been left meanwhile, draws into a view that nobody sees. */
async function open() {
  const turn = (turns += 1);
  const { page, parent, name } = found(location.pathname);
  const view = h("div", { class: "view" });
  frame(parent);
  shown.close?.();
  shown = { refresh: async () => {} };
  failed = { text: "", until: 0 };
  main.replaceChildren(view);
  main.scrollTop = 0;
  try {
    const made = await page.show(view, name, () => about);
    if (turn === turns) shown = made;
    else made.close?.();
  } catch (error) {
    if (turn !== turns) return;
    fail(error);
    const gone = error instanceof GoneError;
    if (gone) shown = { refresh: open }; // it goes on with the next run
    update(view, h("p", { class: "empty" }, gone ? t("The run has ended") : error.message));
  }
}

export function go(path) {
  history.pushState(null, "", path);
  open();
}

function frame(current) {
  update(nav, PAGES.map(([key, path, title]) => link(to(path), { "aria-current": path === current ? "page" : undefined, title: `g ${key}` }, h("span", { class: `sign ${title.toLowerCase()}` }), t(title))));
  if (current !== framed) nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  framed = current;
  const run = about.run;
  const mood = !run.live ? "past" : !about.settled ? "starting" : about.well ? "good" : "bad";
  const text = { past: t("an earlier run"), starting: t("starting …"), good: t("all is well"), bad: t("not all is well") }[mood];
  update(top,
    h("h1", {}, link(to("/"), { class: "brand" }, h("span", { class: "logo" }), run.backend ?? "stead")),
    h("span", { class: `mood ${mood}` }, text),
    h("span", { class: "about" }, run.started ? `${run.environment} · ${run.version} · ${day(run.started)}` : ""),
    address.run && link("/", { class: "button" }, t("to the newest run")),
    h("span", { class: "space" }),
    about.url && h("a", { class: "outside", href: about.url, target: "_blank", rel: "noreferrer" }, about.url.replace("http://", "")),
    h("button", { title: t("language"), onclick: () => { choose(language() === "ru" ? "en" : "ru"); open(); } }, language() === "ru" ? "EN" : "RU"),
    h("button", { title: t("dark or light"), onclick: turn, "aria-label": t("dark or light") }, "◐"),
  );
  document.title = `${mood === "bad" ? "✗ " : ""}${run.backend ?? "Stead"}`;
}

function turn() {
  const dark = document.documentElement.dataset.theme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", document.documentElement.dataset.theme);
}

let looks = 0;
async function look() {
  looks += 1;
  if (document.visibilityState === "visible") {
    try {
      const { page, parent } = found(location.pathname);
      if (page === overview || broken || looks % SELDOM === 0) about = await get("overview");
      broken = "";
      frame(parent);
      if (looks % (shown.every ?? 1) === 0) await shown.refresh();
    } catch (error) {
      fail(error);
    }
    notes();
  }
  setTimeout(look, PERIOD);
}

function fail(error) {
  broken = error instanceof GoneError ? "gone" : error.message;
}

/** What a click or a search could not do, which nothing else shows. */
function rejected(event) {
  if (event.reason instanceof GoneError || event.reason instanceof ApiError) event.preventDefault(); // it is shown
  if (event.reason instanceof GoneError) fail(event.reason);
  else failed = { text: event.reason?.message ?? String(event.reason), until: Date.now() + SHOWN };
  notes();
}

function notes() {
  const gone = broken === "gone" && h("p", { class: "note bad" }, h("strong", {}, t("The run has ended")), " · ", t("stead up starts it again; this page then goes on."));
  const said = broken && broken !== "gone" && h("p", { class: "note bad" }, broken);
  const last = Date.now() < failed.until && failed.text !== broken && h("p", { class: "note bad", role: "alert" }, failed.text);
  update(notice, gone || said, last, (about.notes ?? []).map((note) => h("p", { class: "note" }, note)));
}

let before = "";
function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches?.("input, textarea, select");
  if (event.key === "Escape") { event.target.blur?.(); shown.escape?.(); return; }
  if (typing) return;
  const letter = letterOf(event);
  if (event.key === "/" || (event.code === "Slash" && !event.shiftKey)) {
    event.preventDefault();
    const field = main.querySelector("input[type=search]");
    field ? field.focus() : go(to("/logs"));
  } else if (before === "g") {
    const page = PAGES.find(([key]) => key === letter);
    if (page) go(to(page[1]));
  }
  before = letter;
}

/** The Latin letter of a key; where the keyboard writes another alphabet, the one at its place. */
const letterOf = ({ key: text, code }) => (/^[a-z]$/i.test(text) ? text.toLowerCase() : code.replace("Key", "").toLowerCase());

function click(event) {
  const anchor = event.target.closest?.("a[href]");
  if (!anchor || anchor.getAttribute("target") || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const url = new URL(anchor.getAttribute("href"), location.href);
  if (url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
  event.preventDefault();
  go(url.pathname + url.search);
}

remember({ token: "" }); // it is in a cookie by now
const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;
document.body.replaceChildren(top, nav, h("div", { class: "page" }, notice, main));
document.addEventListener("keydown", key);
document.addEventListener("click", click);
addEventListener("popstate", open);
addEventListener("unhandledrejection", rejected);
try {
  about = await get("overview");
} catch (error) {
  fail(error);
}
await open();
notes();
setTimeout(look, PERIOD);
document.documentElement.dataset.ready = "yes";
