import assert from "node:assert/strict";
import { test } from "node:test";
import { detect } from "../../../formats/logs/detect.ts";
import { readLogs } from "../../../formats/logs/reading/read.ts";
import { logWorld, type Made } from "./world.ts";

const EITHER = "03/05/2024 10:00:00 INFO x\n04/05/2024 10:00:00 ERROR y\n05/05/2024 10:00:00 INFO z\n";

test("dates that nothing tells the order of are counted, and somebody's word decides", async t => {
  const world = await logWorld(t);
  const files: Record<string, Made> = {
    "either.log": { content: EITHER },
    "said.log": { content: EITHER, dayFirst: true },
    "told.log": { content: `${EITHER}13/05/2024 10:00:00 INFO z\n` },
  };
  const read = await world.read(files);
  const days = (name: string) => read[name]?.map(line => String(line.time).slice(0, 10));
  assert.deepEqual(days("either.log"), ["2024-03-05", "2024-04-05", "2024-05-05"]);
  assert.deepEqual(days("said.log"), ["2024-05-03", "2024-05-04", "2024-05-05"]);
  assert.deepEqual(days("told.log"), ["2024-05-03", "2024-05-04", "2024-05-05", "2024-05-13"]);
  const made = await Promise.all(Object.entries(files).map(([name, file]) => world.file(name, file)));
  const { counted } = await readLogs(world.session, made);
  assert.deepEqual(
    counted.map(({ inDoubt }) => inDoubt),
    [2, 0, 0],
  );
});

test("a unit of durations that was guessed is told, and one that was said is not", () => {
  const line = (took: string) =>
    Buffer.from(`192.0.2.1 - - [05/Mar/2024:10:00:00 +0000] "GET / HTTP/1.1" 200 5 ${took}\n`);
  const doubt = (...said: Parameters<typeof detect>) => detect(...said).format?.doubt;
  assert.match(doubt(line("15")) ?? "", /were taken for milliseconds/);
  assert.match(doubt(line("15234")) ?? "", /were taken for microseconds/);
  assert.equal(doubt(line("15"), { durations: "seconds" }), undefined);
  assert.equal(detect(line("15"), { durations: "seconds" }).format?.key, "1d");
  assert.equal(doubt(line("0.015")), undefined);
});
