// A service that is an app or a command: its container, behind this small Worker. It verifies its callers by itself.

import { DurableObject } from "cloudflare:workers";

const PORT = 8000;
const START_MS = 30_000;
const PAUSE_MS = 200;
const IDLE_MS = 15 * 60_000;

export function service(table) {
  return class Service extends DurableObject {
    async fetch(request) {
      const { container } = this.ctx;
      if (!container.running) {
        container.start({ enableInternet: true, env: { ...settings(this.env, table.settings), PORT: String(PORT) } });
        container.setInactivityTimeout?.(IDLE_MS);
      }
      return this.#asked(container.getTcpPort(PORT), request);
    }

    // A container that has just been started does not listen yet: what was not taken is asked again.
    async #asked(port, request) {
      const until = Date.now() + START_MS;
      const body = request.body ? await request.arrayBuffer() : null;
      for (;;) {
        try {
          return await port.fetch(request.url.replace(/^https:/, "http:"), { method: request.method, headers: request.headers, body });
        } catch (error) {
          if (Date.now() > until) return Response.json({ error: `it does not start: ${error}` }, { status: 503 });
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
      }
    }
  };
}

function settings(env, names) {
  return Object.fromEntries(names.filter((name) => typeof env[name] === "string").map((name) => [name, env[name]]));
}

// Spread requests over the instances that the description asks for.
export function front(table) {
  return {
    async fetch(request, env) {
      const instance = Math.floor(Math.random() * table.replicas);
      return env.CONTAINER.get(env.CONTAINER.idFromName(String(instance))).fetch(request);
    },
  };
}
