import { setTimeout as pause } from "node:timers/promises";
import { openIndex } from "../../../../core/audit/index/open.ts";
import { layoutOf } from "../../../../core/store/layout.ts";

// Follows an archive in a process of its own until it knows so many jobs: <folder> <how many>
const [root = "", count = "0"] = process.argv.slice(2);
const index = openIndex(layoutOf(root));
while (index.count({}, 0).jobs < Number(count)) {
  index.refresh();
  await pause(2);
}
index.close();
