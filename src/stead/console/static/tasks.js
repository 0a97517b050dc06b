// Tasks: the story, the smoke test and the check as buttons; their output as a terminal would show it.

import { get, post, to } from "./api.js";
import { h, link, update } from "./dom.js";
import { t } from "./words.js";

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
    run ? output(name, run.lines) : h("p", { class: "empty" }, t("not started yet")));
}

function output(name, lines) {
  if (name !== "story") return lines.length > 0 && h("pre", { class: "last" }, lines.join("\n"));
  return h("ul", { class: "steps" }, lines.map((line) => {
    const step = parsed(line);
    return step ? h("li", { class: step.wrong ? "bad" : "good" }, h("span", {}, `${step.wrong ? "✗" : "✓"} ${step.title}`), h("small", {}, `${step.seconds.toFixed(2)} s`), step.wrong && h("pre", {}, step.wrong)) : h("li", {}, line);
  }));
}

function parsed(line) {
  try {
    const step = JSON.parse(line);
    return step && typeof step.title === "string" ? step : null;
  } catch {
    return null;
  }
}
