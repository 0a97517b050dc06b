// The rendered gateway. stead: ignore[BOUNDARY021] it decides nothing: the layout of the documents has an entry here
export { default } from "../../../deploy/workers/api-gateway/index.js";
