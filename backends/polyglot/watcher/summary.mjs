// Summary: a job with a schedule. It writes the price of tea into its log, and ends.
const answer = await fetch(`${process.env.PRICES_SERVICE_URL}/v1/prices/tea`);
console.log(`tea: ${await answer.text()}`);
process.exit(answer.ok ? 0 : 1);
