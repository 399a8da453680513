import { setImmediate } from "node:timers/promises";
import { appendAudit } from "../../../core/audit/append-report.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { layoutOf } from "../../../core/store/layout.ts";
import { archive } from "./archive.ts";

// Archives jobs and appends them to the report as the worker does, in a process of its own: <folder> [<how many>]. Without
// a number it goes on until its input ends. It says how many it archived.
const [root = "", limit = "Infinity"] = process.argv.slice(2);
const layout = layoutOf(root);
let ended = false;
let count = 0;
let last: JobRecord | undefined;
process.stdin.on("end", () => {
  ended = true;
});
process.stdin.resume();
while (!ended && count < Number(limit)) {
  last = archive(layout, last);
  appendAudit(layout, last);
  count += 1;
  await setImmediate();
}
console.log(count);
process.stdin.destroy();
