// A service that is an app or a command: its container, behind this small Worker. An app verifies its callers by itself;
// before a program stands the guard.

import { DurableObject } from "cloudflare:workers";

import { Refusal, bodyOf, problem } from "./http.js";

const START_MS = 30_000;
const PAUSE_MS = 200;
const IDLE_MS = 15 * 60_000;
// What the runtime says of a request that no container has taken: it may be asked again, whatever its method.
const NOT_TAKEN = /not listening|no container instance|container port not found|connection refused|not running/i;

export function service(table) {
  return class Service extends DurableObject {
    async fetch(request) {
      try {
        const bodiless = ["GET", "HEAD"].includes(request.method);
        const body = bodiless ? null : await bodyOf(request, table.max_body, table.body_ms);
        return await this.#asked(request, body);
      } catch (error) {
        const known = error instanceof Refusal;
        console.error(JSON.stringify({ service: table.name, reason: known ? error.message : String(error) }));
        const own = known ? error : { name: "BAD_GATEWAY" };
        return problem(table.refusals, own.name, own.headers, own.detail);
      }
    }

    // A container that has just been started does not listen yet; one that ended in the meantime is started again.
    async #asked(request, body) {
      const until = Date.now() + START_MS;
      const { url, method, headers } = request;
      for (;;) {
        this.#start();
        try {
          const port = this.ctx.container.getTcpPort(table.port);
          return await port.fetch(url.replace(/^https:/, "http:"), { method, headers, body, redirect: "manual" });
        } catch (error) {
          if (!NOT_TAKEN.test(String(error))) throw error;
          if (Date.now() > until) throw new Refusal("UNAVAILABLE", `the container does not start: ${error}`);
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
      }
    }

    #start() {
      const { container } = this.ctx;
      if (container.running) return;
      container.start({ enableInternet: true, env: { ...settings(this.env, table.settings), ...table.variables } });
      container.setInactivityTimeout?.(IDLE_MS);
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
