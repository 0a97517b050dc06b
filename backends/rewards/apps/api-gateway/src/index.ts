// The gateway has no code of its own: it is rendered from backend.py, with the routes, users and refusals of the description.

export { default } from "../../../deploy/workers/api-gateway/index.js";
