import { pieces } from "../../stock/src/store.js"; // #! BOUNDARY011
const { price } = require("../../stock/src/prices"); // #! BOUNDARY011
console.log("/health", pieces, price);
