// One call of another service: bounded in time, and tried again where its connection failed and it may come twice.

import { Refusal } from "./http.js";

const TRIES = 3;
const PASSED = ["TimeoutError", "AbortError"];

// send   takes the milliseconds that are left, and returns the answer
// again  whether the request may safely come twice
export async function attempted(send, { name, milliseconds, again }) {
  const until = Date.now() + milliseconds;
  for (let count = 1; ; count += 1) {
    try {
      return await send(Math.max(1, until - Date.now()));
    } catch (error) {
      if (error instanceof Refusal) throw error;
      if (PASSED.includes(error?.name)) throw new Refusal("DEADLINE", name);
      if (!again || count === TRIES) throw new Refusal("UNAVAILABLE", `${name}: ${error}`);
    }
  }
}
