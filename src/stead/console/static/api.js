// Questions to the console. The run that is looked at is kept in the address.

import { parse } from "./json.js";

export const address = {
  get query() { return new URLSearchParams(location.search); },
  get run() { return this.query.get("run") ?? ""; },
};

export class ApiError extends Error {
  constructor(status, text) { super(text); this.status = status; }
}

/** Nothing answers there any more. */
export class GoneError extends Error {}

export async function get(path, query = {}) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries({ run: address.run, ...query })) if (value !== "" && value !== undefined && value !== null && value !== false) asked.set(name, value);
  return answer(`/api/${path}?${asked}`);
}

export async function post(path, value) {
  const body = value === undefined ? {} : { body: JSON.stringify(value), headers: { "content-type": "application/json" } };
  return answer(`/api/${path}`, { method: "POST", ...body });
}

/** Send a file as it is. */
export async function upload(path, file) {
  return answer(`/api/${path}`, { method: "POST", body: file, headers: { "content-type": "application/vnd.sqlite3" } });
}

async function answer(path, options) {
  let response, text;
  try {
    response = await fetch(path, options);
    text = await response.text();
  } catch (error) {
    throw new GoneError(error.message);
  }
  if (response.ok) return parse(text);
  throw new ApiError(response.status, said(text) ?? `${response.status}`);
}

/** What an answer says is wrong; nothing when it is not the console's. */
function said(text) {
  try {
    return parse(text).error;
  } catch {
    return undefined;
  }
}

/** Change a part of the address without leaving the page; an empty value takes it out. */
export function remember(values) {
  const query = address.query;
  for (const [name, value] of Object.entries(values)) value ? query.set(name, value) : query.delete(name);
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? `?${text}` : ""));
}

/** A path of the console with the run that is looked at. */
export function to(path, query = {}) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries({ run: address.run, ...query })) if (value) asked.set(name, value);
  const text = asked.toString();
  return path + (text ? `?${text}` : "");
}
