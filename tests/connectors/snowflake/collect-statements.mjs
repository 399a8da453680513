import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";

// Loaded into every process of a test run, whatever its Node: what the product sends to Snowflake is written down, what a
// test itself sends is not. The channel is that of connectors/snowflake/driver.ts.
const file = process.env.SNOWFLAKE_STATEMENTS_FILE;
const seen = new Set();

if (file)
  subscribe("data-operations-portal:snowflake:statement", message => {
    const { sql } = /** @type {{ sql: string }} */ (message);
    if (seen.has(sql) || !isOwn(new Error().stack ?? "")) return;
    seen.add(sql);
    // One write, so that the lines of two processes never mix.
    appendFileSync(file, `${JSON.stringify(sql)}\n`);
  });

/**
 * Who asked is the first caller outside of the way to Snowflake and of this file.
 * @param {string} stack
 */
function isOwn(stack) {
  const callers = stack.split("\n").filter(line => line.includes("file:"));
  const asker = callers.find(line => !/snowflake\/(connect|driver|collect-statements)\.m?[jt]s/.test(line));
  return asker !== undefined && !asker.includes("/tests/");
}
