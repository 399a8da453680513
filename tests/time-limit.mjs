import { appendFileSync } from "node:fs";

// Loaded into every process of a test run, whatever its Node. Once the time of the run is over, a test file that starts
// runs none of its tests: it notes its name, and the run tells it at the end.
const { TESTS_END_AT: end, TESTS_NOT_RUN_FILE: notes, NODE_TEST_CONTEXT: context } = process.env;
const [, program = ""] = process.argv;

if (end && notes && context && program.endsWith(".test.ts") && Date.now() > Number(end)) {
  appendFileSync(notes, `${program}\n`);
  process.exit(0);
}
