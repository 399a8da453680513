import { appendAudit } from "../../audit/append.ts";
import { layoutOf } from "../../files/layout.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { archive } from "./archive.ts";

// Archives jobs and appends them to the report as the worker does, in a process of its own: <folder> <how many>
const [root = "", count = "0"] = process.argv.slice(2);
const layout = layoutOf(root);
let last: JobRecord | undefined;
for (let i = 0; i < Number(count); i++) {
  last = archive(layout, last);
  appendAudit(layout, last);
}
