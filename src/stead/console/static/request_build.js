// A request from what was typed into its form, and back: the form's values from a path that was recorded.

import { exact } from "./json.js";

/** The name under which the value of a field is kept. */
export const keyOf = (field) => `${field.place} ${field.name}`;

/** The values that a form begins with; `at` is a path with its query that was asked for before. */
export function initial(route, at) {
  const values = Object.fromEntries(route.form.fields.map((field) => [keyOf(field), field.value]));
  const [path, query] = (at || "").split("?");
  for (const [name, value] of new URLSearchParams(query ?? "")) if (`query ${name}` in values) values[`query ${name}`] = value;
  const names = [...route.path.matchAll(/\{([^}:]+)/g)].map((found) => found[1]);
  const pattern = route.path.split(/(\{[^}]+\})/).map((part) => (part.startsWith("{") ? (part.includes(":") ? "(.+)" : "([^/]+)") : part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"))).join("");
  const found = path && new RegExp(`^${pattern}$`).exec(path);
  if (found) names.forEach((name, index) => { values[`path ${name}`] = decoded(found[index + 1]); });
  return values;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The path, the headers and the body to send; throws an Error that names the field which cannot be used. */
export function build(route, values, text) {
  const fields = route.form.fields.map((field) => ({ ...field, typed: values[keyOf(field)] ?? "" }));
  const missing = fields.filter((field) => field.required && field.typed === "" && !(field.place === "body" && field.kind === "string")).map((field) => field.name || "body");
  if (missing.length) throw new Error(missing.join(", "));
  const of = (place) => fields.filter((field) => field.place === place && field.typed !== "");
  const path = route.path.replace(/\{([^}:]+)(:[^}]*)?\}/g, (_, name, rest) => {
    const value = encodeURIComponent(values[`path ${name}`] ?? "");
    return rest ? value.replaceAll("%2F", "/") : value;
  });
  const query = new URLSearchParams(of("query").map((field) => [field.name, field.typed])).toString();
  const headers = Object.fromEntries(of("header").map((field) => [field.name, field.typed]));
  return { path: path + (query ? `?${query}` : ""), headers, body: bodyOf(route, fields, text) };
}

function bodyOf(route, fields, text) {
  if (route.form.body !== "json") return text;
  const parts = fields.filter((field) => field.place === "body");
  if (parts.length === 1 && parts[0].name === "") return JSON.stringify(valueOf(parts[0]));
  return JSON.stringify(Object.fromEntries(parts.filter((field) => field.typed !== "" || field.required).map((field) => [field.name, valueOf(field)])));
}

function valueOf({ name, kind, typed }) {
  if (kind === "string") return typed;
  try {
    return exact(typed);
  } catch {
    throw new Error(`${name || "body"}: ${kind}?`);
  }
}
