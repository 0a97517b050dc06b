// Elements made by code: every text becomes a text node, so nothing that a service writes is ever read as markup.

const SVG = new Set(["svg", "g", "path", "rect", "circle", "text", "title", "defs", "marker", "line"]);

export function h(tag, props, ...children) {
  const drawn = tag.startsWith("svg:") ? tag.slice(4) : SVG.has(tag) && tag;
  const node = drawn ? document.createElementNS("http://www.w3.org/2000/svg", drawn) : document.createElement(tag);
  node.handlers = {};
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

function morphChildren(old, fresh) {
  const wanted = [...fresh.childNodes];
  wanted.forEach((node, index) => {
    const there = old.childNodes[index];
    if (!there) old.append(node);
    else morph(there, node);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}

function morph(old, fresh) {
  if (old.nodeName !== fresh.nodeName || old.getAttribute?.("data-key") !== fresh.getAttribute?.("data-key")) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) if (name !== "style" && name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (name !== "style" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.style && old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
  for (const type of Object.keys(fresh.handlers)) if (!(type in old.handlers)) listen(old, type, fresh.handlers[type]);
  old.handlers = fresh.handlers;
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
