import { testCases } from "./cases.ts";

// Each case is a statement of its own to Spark: every sixth here, all in cases.long.test.ts.
testCases(at => at % 6 === 0);
