import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import { cancelFile, requestCancel } from "../../../core/store/cancel.ts";
import { layoutOf, prepareLayout } from "../../../core/store/layout.ts";
import { JobExists, submitJob } from "../../../core/store/submit.ts";
import { readJson } from "../../../core/system/json.ts";

test("a submitted job stands in queue/ under its id, with the time of its submission", t => {
  const layout = makeLayout(t);
  const id = newId("light");
  submitJob(layout, id, { type: "light", parameters: { n: 1 }, via: "portal", submittedBy: "anna" });
  const { submittedAt, ...file } = readJson<Record<string, unknown>>(join(layout.queue, `${id}.json`))!;
  assert.deepEqual(file, { type: "light", parameters: { n: 1 }, via: "portal", submittedBy: "anna", id });
  assert.ok(Date.parse(String(submittedAt)) <= Date.now());
});

test("the same job can't be submitted twice", t => {
  const layout = makeLayout(t);
  const id = newId("light");
  submitJob(layout, id, { type: "light", parameters: { n: 1 } });
  assert.throws(() => submitJob(layout, id, { type: "light", parameters: { n: 2 } }), JobExists);
  assert.deepEqual(
    readdirSync(layout.queue).filter(name => name.startsWith(".")),
    [],
  );
});

test("a second wish to cancel does not replace the first", t => {
  const layout = makeLayout(t);
  const id = newId("light");
  requestCancel(layout, id, { by: "anna", at: "2026-01-01T00:00:00.000Z" });
  requestCancel(layout, id, { by: "ben", at: "2026-01-02T00:00:00.000Z" });
  assert.equal(readJson<{ by: string }>(cancelFile(layout, id))?.by, "anna");
});

function makeLayout(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "submit-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const layout = layoutOf(root);
  prepareLayout(layout);
  return layout;
}
