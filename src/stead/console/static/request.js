// Try: any route as a form, sent as a user, as a service or as nobody; the answer, with its trace.

import { address, get, post, remember, to } from "./api.js";
import { copyable, h, link, update } from "./dom.js";
import { clock, duration } from "./format.js";
import { exact } from "./json.js";
import { build, initial, keyOf } from "./request_build.js";
import { table } from "./table.js";
import { waterfall } from "./trace.js";
import { status } from "./traces.js";
import { t } from "./words.js";

const LOOKS = 12; // seconds in which the spans of an answer come

export async function show(view, _name, about) {
  const [forms, { sent }] = await Promise.all([get("forms"), get("requests")]);
  const state = { forms, sent, answer: null, trace: null, looks: 0, wrong: "", sending: false, chosen: "" };
  const draw = () => update(view, page(state, about(), { choose, set, send, refill, newKey, span }));

  function choose(service, method, path, at = "", more = {}) {
    const of = forms.services.find((each) => each.name === service) ?? forms.services[0];
    if (!of) return;
    const route = of.routes.find((each) => each.method === method && each.path === path) ?? of.routes[0];
    const caller = about().graph?.calls.find((call) => call.callee === of.name && call.operations.includes(route.operation))?.caller;
    Object.assign(state, {
      service: of.name, route, values: initial(route, at), text: "", answer: null, trace: null, wrong: "",
      identity: usual(route, forms), roles: route.roles.slice(0, 1).join(" "), caller: caller ?? forms.callers.find((name) => name !== of.name) ?? "",
      key: route.method === "GET" ? "" : crypto.randomUUID(), user: state.user || "ann",
    }, more);
    remember({ service: of.name, method: route.method, path: route.path, at: "", user: "" });
    draw();
  }

  function set(name, value) {
    if (name.includes(" ")) state.values[name] = value;
    else state[name] = value;
    draw();
  }

  function newKey() { set("key", crypto.randomUUID()); }

  function span(chosen) { set("chosen", state.chosen === chosen ? "" : chosen); }

  async function send() {
    Object.assign(state, { wrong: "", sending: true, chosen: "" });
    draw();
    try {
      const { route, service, identity, user, roles, caller, key } = state;
      const made = build(route, state.values, state.text);
      const method = route.method === "ANY" ? "GET" : route.method;
      ({ answer: state.answer } = await post("requests", { service, method, ...made, identity, user, roles: roles.split(/[\s,]+/).filter(Boolean), caller, key }));
      Object.assign(state, { trace: null, looks: 0, sent: (await get("requests")).sent });
    } catch (error) {
      state.wrong = error.status ? error.message : `${t("These fields are missing or cannot be used")}: ${error.message}`;
    }
    state.sending = false;
    draw();
  }

  /** Fill the form with a request that was sent, with the same Idempotency-Key. */
  function refill({ attempt }) {
    const of = forms.services.find((each) => each.name === attempt.service);
    const path = attempt.path.split("?")[0];
    const route = of?.routes.find((each) => [attempt.method, "ANY"].includes(each.method) && fits(each.path, path));
    if (!route) return;
    choose(attempt.service, route.method, route.path, attempt.path, { identity: attempt.identity, user: attempt.user, roles: attempt.roles.join(" "), caller: attempt.caller, key: attempt.key, text: attempt.body });
    Object.assign(state.values, Object.fromEntries(Object.entries(attempt.headers).map(([name, value]) => [`header ${name}`, value])), bodyValues(route, attempt.body));
    draw();
  }

  async function refresh() {
    if (!state.answer || state.answer.error || state.looks >= LOOKS) return;
    state.looks += 1;
    const found = await get(`traces/${state.answer.trace}`, { pending: 1 });
    if (found.spans.length !== state.trace?.spans.length) { state.trace = found; draw(); }
  }

  const query = address.query, asked = (name) => query.get(name) ?? "";
  state.user = asked("user");
  choose(asked("service"), asked("method"), asked("path"), asked("at"));
  if (!forms.services.length) draw();
  return { refresh };
}

const usual = (route, forms) => (route.access === "service" ? "service" : route.access === "user" && forms.users ? "user" : forms.gateway ? "nobody" : "nobody-direct");
const fits = (template, path) => new RegExp(`^${template.split(/\{[^}:]+\}/).map((part) => part.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&")).join("[^/]+")}$`).test(path);

function bodyValues(route, body) {
  if (route.form.body !== "json" || !body) return {};
  const value = exact(body);
  return Object.fromEntries(route.form.fields.filter((field) => field.place === "body").map((field) => {
    const part = field.name === "" ? value : value[field.name];
    return [keyOf(field), part === undefined ? "" : field.kind === "string" ? part : JSON.stringify(part)];
  }));
}

function page(state, about, act) {
  if (!state.route) return h("section", { class: "card" }, h("p", { class: "empty" }, t("No service of this backend declares a route.")));
  return [
    h("div", { class: "two" },
      h("section", { class: "card" }, h("h2", {}, t("Request"), h("small", {}, state.route.form.summary)), chooser(state, act), form(state, act)),
      h("section", { class: "card" }, h("h2", {}, t("Answer")), answer(state, about, act))),
    state.sent.length > 0 && h("section", { class: "card" }, h("h2", {}, t("Sent before")), history(state.sent, act)),
  ];
}

const field = (name, input, note = "") => h("label", { class: "field-row" }, h("span", {}, name, note && h("small", {}, ` ${note}`)), input);
const choice = (label, options, chosen, onchange) => h("select", { "aria-label": label, onchange: (event) => onchange(event.target.value) }, options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
const typed = (label, value, oninput, more = {}) => h("input", { "aria-label": label, value, autocomplete: "off", spellcheck: "false", oninput: (event) => oninput(event.target.value), ...more });

function chooser(state, act) {
  const routes = state.forms.services.find((each) => each.name === state.service).routes;
  const named = (route) => `${route.method} ${route.path}`;
  return h("div", { class: "bar" },
    choice(t("service"), state.forms.services.map(({ name }) => [name, name]), state.service, (name) => act.choose(name)),
    choice(t("Routes"), routes.map((route) => [named(route), `${named(route)} · ${route.access}`]), named(state.route), (value) => act.choose(state.service, ...value.split(" "))));
}

function form(state, act) {
  const { route, forms } = state;
  const identities = [forms.users && ["user", t("a user")], ["service", t("a service")], forms.gateway && ["nobody", t("nobody, through the gateway")], ["nobody-direct", t("nobody, past the gateway")]].filter(Boolean);
  return h("form", { class: "request", onsubmit: (event) => { event.preventDefault(); act.send(); } },
    field(t("as"), choice(t("as"), identities, state.identity, (value) => act.set("identity", value))),
    state.identity === "user" && field(t("user"), typed(t("user"), state.user, (value) => act.set("user", value))),
    state.identity === "user" && field(t("roles"), typed(t("roles"), state.roles, (value) => act.set("roles", value), { placeholder: forms.roles.join(" ") })),
    state.identity === "service" && field(t("caller"), choice(t("caller"), forms.callers.map((name) => [name, name]), state.caller, (value) => act.set("caller", value))),
    route.form.fields.map((each) => field(each.name || t("body"), input(each, state.values[keyOf(each)] ?? "", (value) => act.set(keyOf(each), value)), `${each.place}${each.required ? "" : `, ${t("optional")}`}`)),
    route.form.body === "text" && field(t("body"), h("textarea", { "aria-label": t("body"), rows: 5, value: state.text, oninput: (event) => act.set("text", event.target.value) })),
    route.method !== "GET" && field("Idempotency-Key", h("span", { class: "with" }, typed("Idempotency-Key", state.key, (value) => act.set("key", value)), h("button", { type: "button", onclick: act.newKey }, t("new key")))),
    state.wrong && h("p", { class: "note bad", role: "alert" }, state.wrong),
    h("p", { class: "do" }, h("button", { class: "button main", disabled: state.sending }, state.sending ? t("sending …") : t("send"))),
    route.form.about && h("p", { class: "about-route" }, route.form.about));
}

function input(each, value, set) {
  const label = `${each.name || t("body")}`;
  if (each.choices.length || each.kind === "boolean") {
    const choices = each.choices.length ? each.choices : ["true", "false"];
    return choice(label, [...(each.required ? [] : [["", "–"]]), ...choices.map((text) => [text, text])], value, set);
  }
  if (each.kind === "json") return h("textarea", { "aria-label": label, rows: 5, value, title: each.about, oninput: (event) => set(event.target.value) });
  return typed(label, value, set, { title: each.about, placeholder: each.kind === "string" ? each.about.slice(0, 60) : each.kind, inputmode: each.kind === "string" ? undefined : "decimal" });
}

function answer(state, about, act) {
  const { answer: found, trace } = state;
  if (!found) return h("p", { class: "empty" }, t("Fill in the form and send it: the answer and its trace come here."));
  const replayed = found.headers.some(([name]) => name === "idempotency-replayed");
  const names = about.graph?.nodes.map((node) => node.name) ?? [];
  return [
    found.error ? h("p", { class: "note bad" }, found.error) : h("p", { class: "ids" }, h("strong", {}, status(found.status, 0)), h("span", {}, duration(found.duration)), replayed && h("span", { class: "badge done" }, t("replayed: the first answer again"))),
    h("p", { class: "ids" }, copyable(found.url)),
    found.body && h("pre", { class: "last" }, pretty(found.body), found.cut && ` … ${t("the rest is not shown")}`),
    h("details", { "data-key": "headers" }, h("summary", {}, t("headers")), h("dl", { class: "pairs" }, found.headers.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))),
    !found.error && h("p", { class: "do" }, link(to(`/traces/${found.trace}`), { class: "button" }, t("trace")), link(to("/logs", { trace: found.trace }), { class: "button" }, t("logs of this trace"))),
    trace?.spans.length > 0 && waterfall(trace.spans, names, state.chosen, act.span),
  ];
}

function pretty(text) {
  try {
    return JSON.stringify(exact(text), null, 2);
  } catch {
    return text;
  }
}

const whoAsked = (attempt) => ({ user: `${attempt.user}${attempt.roles.length ? ` (${attempt.roles.join(", ")})` : ""}`, service: attempt.caller })[attempt.identity] ?? t("nobody");

function history(sent, act) {
  return table("sent", ["when", "request", "who", "status", "took", ""], 6, sent.map((each) => h("tr", { "data-key": String(each.id) },
    h("td", { class: "when" }, clock(each.time)),
    h("td", { class: "wide" }, h("b", { class: "method" }, each.attempt.method), " ", each.attempt.path),
    h("td", {}, whoAsked(each.attempt)),
    h("td", {}, status(each.status, each.error ? 1 : 0)), h("td", {}, duration(each.duration)),
    h("td", { class: "do" }, link(to(`/traces/${each.trace}`), { class: "button" }, t("trace")), h("button", { onclick: () => act.refill(each) }, t("fill in again"))))));
}
