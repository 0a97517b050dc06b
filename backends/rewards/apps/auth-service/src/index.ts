// Auth: Clerk's webhooks and session tokens. The same contract and schema as the service in Python, with Clerk alone.

import { HttpProblem, invalid } from "../../../packages/service/src/problem";
import { parsed, read } from "../../../packages/service/src/schema";
import * as is from "../../../packages/service/src/schema";
import { service } from "../../../packages/service/src/service";
import { RejectedError, UnavailableError, verify } from "./clerk";
import { deliver } from "./delivery";
import { CREATED, DELETED, Event, Kind, LOGIN, Login, UPDATED } from "./rules";
import { UnsignedError, verify as verifySignature } from "./signature";
import { type Asking, type AuthEnv, COMPONENTS, settlesLogins } from "./store";
import { isDeleted, logIn, me, receive } from "./users";

const Credential = is.object({
  token: is.optional(is.text(0, 1_000_000), null),
  init_data: is.optional(is.text(0, 8192), null),
});

async function webhook({ request, env, database }: Asking) {
  const bytes = new Uint8Array(await request.arrayBuffer());
  const now = Date.now() / 1000;
  const delivery = await signed(env, request.headers, bytes, now);
  const said = parsed(bytes);
  const { type } = read(said, Kind);
  if (type === LOGIN) {
    if (settlesLogins(env)) await logIn(database, env, delivery, read(said, Login).data);
  } else if ([CREATED, UPDATED, DELETED].includes(type)) await receive(database, env, delivery, read(said, Event), now);
  return { status: 204 };
}

async function signed(env: AuthEnv, headers: Headers, body: Uint8Array, now: number): Promise<string> {
  if (!env.CLERK_WEBHOOK_SECRET) throw new Error("CLERK_WEBHOOK_SECRET is not set, and a webhook came");
  try {
    return await verifySignature(env.CLERK_WEBHOOK_SECRET, headers, body, now);
  } catch (error) {
    if (!(error instanceof UnsignedError)) throw error;
    console.warn(JSON.stringify({ message: "refused a webhook", reason: error.message }));
    throw new HttpProblem(400, "invalid_webhook", "The webhook's signature is invalid, or the webhook is too old.");
  }
}

async function mine({ env, database, user }: Asking) {
  const found = await me(database, env, user);
  if (!found) throw new HttpProblem(410, "user_deleted", "This user was deleted.");
  return { status: 200, body: found };
}

async function verified(asked: Asking) {
  const { token, init_data } = await asked.body(Credential);
  if ((token === null) === (init_data === null))
    throw invalid([{ path: "$", message: "give exactly one of token and init_data" }]);
  try {
    if (token === null) throw new RejectedError("initData is of an unknown provider");
    const found = await verify(asked.env, token);
    if (await isDeleted(asked.database, found.user_id)) throw new RejectedError("the user is deleted");
    return { status: 200, body: found };
  } catch (error) {
    if (error instanceof RejectedError)
      throw new HttpProblem(401, "unauthenticated", "A valid credential is needed.", { "www-authenticate": "Bearer" });
    if (error instanceof UnavailableError)
      throw new HttpProblem(503, "verifier_unavailable", "Try again.", { "retry-after": "5" });
    throw error;
  }
}

export default service<AuthEnv>({
  name: "auth-service",
  components: COMPONENTS,
  after: deliver,
  tick: deliver,
  routes: {
    "POST /v1/webhooks/clerk": webhook,
    "GET /v1/me": mine,
    "POST /v1/verify": verified,
  },
});
