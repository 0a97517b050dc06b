// The ledger in PostgreSQL: every write is one call of one function there.

import { store } from "../../../packages/service/src/store";
import ledger from "../migrations/0001_ledger.sql";
import award from "../migrations/0002_award.sql";
import reversal from "../migrations/0003_reversal.sql";
import statements from "../queries.sql";

const files = { "0001_ledger.sql": ledger, "0002_award.sql": award, "0003_reversal.sql": reversal };
const { components, statements: found } = store("points", files, statements);
export const COMPONENTS = components;
// The one statement with parameters by place.
let place = 0;
export const SQL: Record<string, string> = { ...found, award: found.award.replace(/%s/g, () => `$${(place += 1)}`) };
