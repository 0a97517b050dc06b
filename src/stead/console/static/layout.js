// Where the nodes of a graph stand, and which way its edges take: columns by the longest path, few crossings.
// An edge over several columns has a place of its own in each, so that no edge runs behind a node.

export const WIDTH = 176, HEIGHT = 54;
const ACROSS = 98, NARROW = 44, MANY = 5; // between two columns; where there are more than so many columns
const DOWN = 20, EDGE = 14, PASS = 22, PORT = 13;
const SWEEPS = 8;

/** Return the place of each node, the points of each edge, and the size of all; `many` where edges have no room for text. */
export function layout(names, calls) {
  const edges = calls.filter(({ caller, callee }) => caller !== callee && names.includes(caller) && names.includes(callee));
  const column = columnsOf(names, edges);
  const columns = [];
  for (const name of names) (columns[column.get(name)] ??= []).push(name);
  const chains = new Map();
  const near = new Map();
  const join = (one, two) => { near.set(one, [...(near.get(one) ?? []), two]); near.set(two, [...(near.get(two) ?? []), one]); };
  for (const { caller, callee } of edges) {
    const chain = [caller];
    for (let at = column.get(caller) + 1; at < column.get(callee); at += 1) {
      const pass = `${caller}>${callee}#${at}`;
      columns[at].push(pass);
      chain.push(pass);
    }
    chain.push(callee);
    chains.set(`${caller}>${callee}`, chain);
    chain.slice(1).forEach((name, at) => join(chain[at], name));
  }
  sort(columns, near);
  const many = columns.length > MANY;
  const { places, width, height } = placesOf(columns, new Set(names), many ? NARROW : ACROSS);
  return { places, width, height, many, paths: pathsOf(edges, chains, places) };
}

/** A call that closes a circle does not move its callee. */
function columnsOf(names, edges) {
  const callees = new Map(names.map((name) => [name, []]));
  for (const { caller, callee } of edges) callees.get(caller).push(callee);
  const order = [], known = new Set();
  const visit = (name) => {
    known.add(name);
    for (const callee of callees.get(name)) if (!known.has(callee)) visit(callee);
    order.unshift(name);
  };
  names.forEach((name) => known.has(name) || visit(name));
  const place = new Map(order.map((name, index) => [name, index]));
  const column = new Map(names.map((name) => [name, 0]));
  for (const name of order) for (const callee of callees.get(name)) if (place.get(callee) > place.get(name)) column.set(callee, Math.max(column.get(callee), column.get(name) + 1));
  return column;
}

function sort(columns, near) {
  const row = new Map();
  const note = () => columns.forEach((names) => names.forEach((name, index) => row.set(name, (index + 0.5) / names.length)));
  note();
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const names of sweep % 2 ? [...columns].reverse() : columns) {
      const middle = new Map(names.map((name) => [name, mean((near.get(name) ?? [name]).map((each) => row.get(each)))]));
      names.sort((one, two) => middle.get(one) - middle.get(two));
      note();
    }
  }
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function placesOf(columns, nodes, across) {
  const size = (name) => (nodes.has(name) ? HEIGHT : PASS);
  const tall = (names) => names.reduce((sum, name) => sum + size(name) + DOWN, -DOWN);
  const height = Math.max(HEIGHT, ...columns.map(tall));
  const places = new Map();
  columns.forEach((names, at) => {
    let y = EDGE + (height - tall(names)) / 2;
    for (const name of names) {
      places.set(name, { x: EDGE + at * (WIDTH + across), y, height: size(name) });
      y += size(name) + DOWN;
    }
  });
  return { places, width: columns.length * (WIDTH + across) - across + 2 * EDGE, height: height + 2 * EDGE };
}

function pathsOf(edges, chains, places) {
  const middle = (name) => places.get(name).y + places.get(name).height / 2;
  const chain = ({ caller, callee }) => chains.get(`${caller}>${callee}`);
  const out = ports(edges, (edge) => edge.caller, (edge) => middle(chain(edge)[1]));
  const into = ports(edges, (edge) => edge.callee, (edge) => middle(chain(edge).at(-2)));
  const found = new Map();
  for (const edge of edges) {
    const from = places.get(edge.caller), to = places.get(edge.callee);
    const start = { x: from.x + WIDTH, y: middle(edge.caller) + out.get(edge) };
    const end = { x: to.x - 3, y: middle(edge.callee) + into.get(edge) };
    const passes = chain(edge).slice(1, -1).flatMap((name) => [{ x: places.get(name).x, y: middle(name) }, { x: places.get(name).x + WIDTH, y: middle(name) }]);
    found.set(`${edge.caller}>${edge.callee}`, { d: drawn([start, ...passes, end]), end });
  }
  return found;
}

/** Spread the edges that meet at a node over its side, in the order of where they come from. */
function ports(edges, node, order) {
  const met = new Map();
  for (const edge of edges) met.set(node(edge), [...(met.get(node(edge)) ?? []), edge]);
  const found = new Map();
  for (const all of met.values()) {
    all.sort((one, two) => order(one) - order(two));
    const gap = Math.min(PORT, (HEIGHT - 10) / all.length);
    all.forEach((edge, index) => found.set(edge, (index - (all.length - 1) / 2) * gap));
  }
  return found;
}

function drawn(points) {
  const [first, ...rest] = points;
  let d = `M${first.x} ${first.y}`;
  let before = first;
  for (const point of rest) {
    const bend = point.x > before.x ? Math.min(70, (point.x - before.x) / 2) : 60;
    d += point.x > before.x
      ? ` C${before.x + bend} ${before.y} ${point.x - bend} ${point.y} ${point.x} ${point.y}`
      : ` C${before.x + bend} ${before.y + 70} ${point.x - bend} ${point.y + 70} ${point.x} ${point.y}`;
    before = point;
  }
  return d;
}
