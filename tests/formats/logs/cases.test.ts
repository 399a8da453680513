import { testCases } from "./cases.ts";

// Each case is a statement of its own to Spark: every twelfth here, all in cases.long.test.ts.
testCases(at => at % 12 === 0);
