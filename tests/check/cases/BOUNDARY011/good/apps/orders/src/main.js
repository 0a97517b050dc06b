import { money } from "../../../packages/money/index.js";
import { Reserved } from "../../stock/contract/reserved.js";
import express from "express";
// import { pieces } from "../../stock/src/store.js";
console.log("/health", money, Reserved, express);
