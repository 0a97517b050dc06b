// What the page shows comes through the gateway that served it, so no address is written here.
async function ask(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${body.detail ?? body.title}`);
  return body;
}

// A review that is written while the page is open appears at once, through a WebSocket.
function watch() {
  const socket = new WebSocket(new URL("/v1/reviews/live", location.href.replace(/^http/, "ws")));
  socket.addEventListener("message", ({ data }) => {
    const { item, text } = JSON.parse(data);
    document.getElementById("reviews").append(
      Object.assign(document.createElement("li"), { textContent: `${item}: ${text}` }),
    );
  });
}

function show(id, lines) {
  const items = lines.map((line) => Object.assign(document.createElement("li"), { textContent: line }));
  document.getElementById(id).replaceChildren(...items);
}

try {
  const [prices, { reviews }] = await Promise.all([ask("/v1/prices"), ask("/v1/reviews")]);
  show("prices", Object.entries(prices).map(([item, cents]) => `${item}: ${(cents / 100).toFixed(2)}`));
  show("reviews", reviews.map((review) => `${review.item}: ${review.text}`));
  watch();
} catch (error) {
  document.getElementById("problem").textContent = error.message;
}
