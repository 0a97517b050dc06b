import { pieces } from "./store.js";
console.log("/health", pieces);
