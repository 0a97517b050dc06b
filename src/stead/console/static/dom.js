// Elements made by code: every text becomes a text node, so nothing that a service writes is ever read as markup.

const SVG = new Set(["svg", "g", "path", "rect", "circle", "text", "title", "defs", "marker", "line"]);

export function h(tag, props, ...children) {
  const drawn = tag.startsWith("svg:") ? tag.slice(4) : SVG.has(tag) && tag;
  const node = drawn ? document.createElementNS("http://www.w3.org/2000/svg", drawn) : document.createElement(tag);
  node.handlers = {};
  node.heard = new Set(); // the types of events that have a listener: it calls the handler of now, and stays
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) listen(node, name.slice(2), value);
    else if (name === "style") for (const [key, text] of Object.entries(value)) node.style.setProperty(key, text);
    else if (name === "value") { node.value = value; node.setAttribute("value", value); }
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

function listen(node, type, handler) {
  node.handlers[type] = handler;
  if (node.heard.has(type)) return;
  node.heard.add(type);
  node.addEventListener(type, (event) => node.handlers[type]?.(event));
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Show fresh children in place of those that are there, changing only what differs: focus, selection, scrolling stay. */
export function update(parent, ...children) {
  const fresh = document.createDocumentFragment();
  append(fresh, children);
  morphChildren(parent, fresh);
}

const keyOf = (node) => node.getAttribute?.("data-key");

/** A node with a key stays the one that it is, wherever it goes. */
function morphChildren(old, fresh) {
  const wanted = [...fresh.childNodes], keys = new Set(wanted.map(keyOf));
  for (const node of [...old.children]) if (keyOf(node) && !keys.has(keyOf(node))) node.remove();
  const kept = new Map([...old.children].filter(keyOf).map((node) => [keyOf(node), node]));
  wanted.forEach((node, index) => {
    const same = kept.get(keyOf(node));
    if (same && same !== old.childNodes[index]) old.insertBefore(same, old.childNodes[index] ?? null);
    kept.delete(keyOf(node));
    const there = old.childNodes[index];
    if (!there) old.append(node);
    else if (keyOf(there) && keyOf(there) !== keyOf(node)) old.insertBefore(node, there);
    else morph(there, node);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}

function morph(old, fresh) {
  if (old.nodeName !== fresh.nodeName || keyOf(old) !== keyOf(fresh)) {
    old.replaceWith(fresh);
    return;
  }
  if (old.hasAttribute?.("data-fixed")) return; // it never changes but by who looks at it
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) if (name !== "style" && name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (name !== "style" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.style && old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
  old.handlers = {};
  for (const [type, handler] of Object.entries(fresh.handlers)) listen(old, type, handler);
  if ("checked" in fresh) old.checked = fresh.checked; // once it was clicked, its attribute says nothing
  if (("value" in fresh) && document.activeElement !== old && old.value !== fresh.value) old.value = fresh.value;
  morphChildren(old, fresh);
}

/** A link inside the console: the page changes without being loaded anew. */
export function link(path, props, ...children) {
  return h("a", { href: path, ...props }, ...children);
}

export function copyable(text) {
  const button = h("button", { class: "copy", title: text, onclick: async (event) => {
    event.preventDefault();
    await navigator.clipboard.writeText(text);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 900);
  } }, text);
  return button;
}
