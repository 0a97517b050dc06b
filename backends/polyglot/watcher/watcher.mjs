// Watcher: a worker. It listens nowhere, looks at a price each minute, and says when it has changed.
const { PRICES_SERVICE_URL } = process.env;
let last;

async function look() {
  try {
    const answer = await fetch(`${PRICES_SERVICE_URL}/v1/prices/tea`);
    const { cents } = await answer.json();
    if (cents !== last) console.log(JSON.stringify({ item: "tea", cents, before: last ?? null }));
    last = cents;
  } catch (error) {
    console.error(`prices cannot be asked: ${error.message}`);
  }
}

await look();
setInterval(look, 60_000);
