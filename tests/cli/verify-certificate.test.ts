import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { appendAudit } from "../../core/audit/append-report.ts";
import { writeHead } from "../../core/audit/head.ts";
import { sealed } from "../../core/certificate/certificate.ts";
import { entriesIn } from "../../core/certificate/issue.ts";
import { archive, outcome, temporaryLayout } from "../core/audit/archive.ts";
import { job } from "./run.ts";

test("a certificate is checked against the archive from a terminal, and an altered digit is named", async t => {
  const layout = temporaryLayout(t);
  const record = archive(layout, undefined, { tables: [outcome("orders", { rows: "1000" })] });
  appendAudit(layout, record);
  writeHead(layout, record, undefined);
  const { id, sequence, hash } = record;
  const certificate = sealed({
    ...{ version: 1, of: { kind: "job", name: id }, issuedAt: "2026-11-29T10:00:00.000Z", issuedBy: "ada" },
    archive: { sequence, id, hash },
    entries: entriesIn(layout, id),
  });
  const path = join(layout.root, "certificate.json");
  writeFileSync(path, JSON.stringify(certificate));
  const good = await job(layout, ["verify-certificate", path]);
  assert.deepEqual([good.code, /✓ The archive says the same/.test(good.out)], [0, true], good.out);
  writeFileSync(path, JSON.stringify(certificate).replace('"rows":"1000"', '"rows":"1001"'));
  const bad = await job(layout, ["verify-certificate", path]);
  assert.equal(bad.code, 1);
  assert.match(bad.out, /entries\[0\]\.rows: the certificate says "1001", the archive "1000"/);
  const none = await job(layout, ["verify-certificate"]);
  assert.equal(none.code, 2);
});
