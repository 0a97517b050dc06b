// What the page shows comes through the gateway that served it, so no address is written here.
async function ask(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${body.detail ?? body.title}`);
  return body;
}

function show(id, lines) {
  const items = lines.map((line) => Object.assign(document.createElement("li"), { textContent: line }));
  document.getElementById(id).replaceChildren(...items);
}

try {
  const [prices, { reviews }] = await Promise.all([ask("/v1/prices"), ask("/v1/reviews")]);
  show("prices", Object.entries(prices).map(([item, cents]) => `${item}: ${(cents / 100).toFixed(2)}`));
  show("reviews", reviews.map((review) => `${review.item}: ${review.text}`));
} catch (error) {
  document.getElementById("problem").textContent = error.message;
}
