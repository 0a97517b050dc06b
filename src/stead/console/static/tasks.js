// Tasks: the story, the smoke test and the check as buttons; their output as a terminal would show it.

import { get, post, to } from "./api.js";
import { h, link, update } from "./dom.js";
import { counted } from "./format.js";
import { table } from "./table.js";
import { t } from "./words.js";

const SLACK = 20_000; // µs by which a step's requests may begin before it, as its end is noted here

const TASKS = [
  ["story", "Play the story", "Through the gateway, as a user would: signs up, orders, and so on."],
  ["smoke", "Smoke test", "Asks what runs whether it is what was deployed; reads only."],
  ["check", "Check the description", "What is missing, broken or drifting in the description and its files."],
];

export async function show(view) {
  let found = await get("commands");
  const draw = () => update(view, TASKS.map((task) => card(task, found[task[0]], start)));
  async function start(name) {
    found = await post(`commands/${name}`);
    draw();
  }
  draw();
  return { refresh: async () => { found = await get("commands"); draw(); } };
}

function card([name, title, about], run, start) {
  return h("section", { class: "card", "data-key": name },
    h("h2", {}, t(title), run && h("span", { class: `badge ${run.running ? "starting" : run.status ? "failed" : "done"}` }, run.running ? t("running …") : run.status ? t("failed") : t("passed")), h("small", {}, t(about))),
    h("p", { class: "do" }, h("button", { class: "button main", disabled: run?.running, onclick: () => start(name) }, t(title)), name === "story" && link(to("/traces"), { class: "button" }, t("Traces"))),
    run ? output(name, run) : h("p", { class: "empty short" }, t("not started yet")));
}

function output(name, run) {
  if (run.findings) return findings(run);
  const steps = run.lines.map((line) => ({ line, step: parsed(line.text) }));
  if (name === "check" || !steps.some(({ step }) => step)) return run.lines.length > 0 && h("pre", { class: "last" }, run.lines.map((line) => line.text).join("\n"));
  return h("ol", { class: "steps" }, steps.map(({ line, step }) => (step ? row(line, step) : h("li", {}, line.text))));
}

/** One step: of the story with a link to the requests that were made meanwhile. */
function row(line, step) {
  const since = step.seconds === undefined ? 0 : Math.floor(line.at - step.seconds * 1e6 - SLACK);
  return h("li", { class: step.wrong ? "bad" : "good" },
    h("span", {}, `${step.wrong ? "✗" : step.skipped ? "–" : "✓"} ${step.title ?? `${step.name}: ${step.asked}`}`),
    step.seconds !== undefined && h("small", {}, `${step.seconds.toFixed(2)} s`),
    since > 0 && link(to("/traces", { since, until: line.at + SLACK }), {}, t("its traces")),
    step.skipped && h("small", {}, step.skipped),
    step.wrong && h("pre", { class: "last" }, step.wrong));
}

const place = ({ file, line }) => (line ? `${file}:${line}` : file);

function findings({ findings: all, summary }) {
  const said = h("p", { class: "figures" }, `${counted(summary.rules, "rules")} · ${counted(summary.files, "files")} · ${counted(summary.findings, "findings")}`);
  if (!all.length) return said;
  return [said, table("findings", ["place", "finding", "what to do"], 3, all.map((each) => h("tr", {},
    h("td", { class: "when" }, place(each.place)),
    h("td", { class: "wide" }, h("b", { class: each.severity === "error" ? "bad" : undefined }, `${each.code} `), each.message),
    h("td", { class: "wide" }, each.mend))))];
}

function parsed(line) {
  try {
    const step = JSON.parse(line);
    return step && (typeof step.title === "string" || typeof step.name === "string") ? step : null;
  } catch {
    return null;
  }
}
