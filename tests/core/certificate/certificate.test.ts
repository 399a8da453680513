import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { openIndex } from "../../../core/audit/index/open.ts";
import type { Certificate } from "../../../core/certificate/certificate.ts";
import { issueCertificate } from "../../../core/certificate/issue.ts";
import { verifyCertificate } from "../../../core/certificate/verify.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { textOf } from "../../../views/html.ts";
import { certificateDocument } from "../../../views/pages/certificates/certificate.ts";
import { archive, outcome, recordPath, temporaryLayout } from "../audit/archive.ts";

const KEY = "a-key-of-this-test";

/** Two jobs, each with a table and its proof, chained as the worker does it. */
function archived(t: { after(end: () => void): void }, key?: string) {
  const layout = temporaryLayout(t);
  const records: JobRecord[] = [];
  for (const table of ["orders", "items"]) {
    const one = outcome(table, { sourceSnapshot: "17" });
    const proof = {
      ...{ at: "2026-11-02T09:01:00.000Z", attempt: 1, table: one.table, target: one.target, level: "read-back" },
      ...{ verdict: "equal", targetSnapshot: "6536733823181975045", columns: ["id", "<b>"] },
      source: { rows: "9007199254740993", sum: "-12", sum2: "34", xor: "56" },
      targetFigures: { rows: "9007199254740993", sum: "-12", sum2: "34", xor: "56" },
    };
    const text = `${JSON.stringify(proof)}\n`;
    const proofsSha256 = createHash("sha256").update(text).digest("hex");
    const record = archive(layout, records.at(-1), { tables: [one], proofsSha256 }, key);
    writeFileSync(recordPath(layout, record).replace(/json$/, "proofs.ndjson"), text);
    appendAudit(layout, record);
    records.push(record);
  }
  return { layout, records };
}

async function issue(layout: Layout, kind: Certificate["of"]["kind"], name: string): Promise<Certificate> {
  const index = openIndex(layout);
  try {
    await index.reconcile();
    const found = issueCertificate({ layout, index }, { kind, name }, { at: "2026-11-29T10:00:00.000Z", by: "ada" });
    assert.ok(found);
    return found;
  } finally {
    index.close();
  }
}

test("a certificate of a job, a table and a namespace says what the archive says, with its place in the chain", async t => {
  const { layout, records } = archived(t);
  const ofJob = await issue(layout, "job", records[1]?.id ?? "");
  assert.deepEqual(
    ofJob.entries.map(({ table, verdict, record }) => [table, verdict, record.sequence, record.previousHash]),
    [["hive.sales.items", "equal", 2, records[0]?.hash]],
  );
  assert.equal((await issue(layout, "table", "lake.sales_iceberg.orders")).entries[0]?.job.id, records[0]?.id);
  const whole = await issue(layout, "namespace", "lake.sales_iceberg");
  assert.equal(whole.entries.length, 2);
  for (const one of [ofJob, whole])
    assert.deepEqual(verifyCertificate(JSON.parse(JSON.stringify(one)), layout).problems, []);
});

test("every digit that is altered is named by its place", async t => {
  const { layout, records } = archived(t, KEY);
  const certificate = await issue(layout, "job", records[0]?.id ?? "");
  assert.deepEqual(verifyCertificate(certificate, layout, KEY).problems, []);
  const altered: readonly [RegExp, (one: Certificate) => void][] = [
    [
      /entries\[0\]\.source\.sum: the certificate says "-13", the archive "-12"/,
      one => {
        one.entries[0]!.source!.sum = "-13";
      },
    ],
    [
      /entries\[0\]\.targetSnapshot: /,
      one => {
        one.entries[0]!.targetSnapshot = "1";
      },
    ],
    [
      /entries\[0\]\.table: /,
      one => {
        one.entries[0]!.table = "hive.sales.other";
      },
    ],
    [
      /entries\[0\]\.columns\[1\]: /,
      one => {
        one.entries[0]!.columns![1] = "c";
      },
    ],
    [
      /entries\[0\]\.record\.hash: /,
      one => {
        one.entries[0]!.record.hash = "0".repeat(64);
      },
    ],
    [
      /entries\[0\]\.job\.submittedBy: /,
      one => {
        one.entries[0]!.job.submittedBy = "eve";
      },
    ],
    [
      /entries\[0\]\.method: /,
      one => {
        one.entries[0]!.method = "All is well.";
      },
    ],
    [
      /digest is not that/,
      one => {
        one.issuedBy = "eve";
      },
    ],
    [
      /entries\[0\]\.job\.id: the archive has no record/,
      one => {
        one.entries[0]!.job.id = "20260101T000000000Z-x-aaaaaa";
      },
    ],
  ];
  for (const [named, alter] of altered) {
    const copy = structuredClone(certificate);
    alter(copy);
    assert.match(verifyCertificate(copy, layout, KEY).problems.join("\n"), named);
  }
  assert.match(verifyCertificate({ ...certificate, more: 1 }, layout, KEY).problems.join(), /no certificate/);
});

test("an archive that was edited since says so, whatever the certificate says", async t => {
  const { layout, records } = archived(t, KEY);
  const [record] = records as [JobRecord];
  const certificate = await issue(layout, "job", record.id);
  writeFileSync(recordPath(layout, record), JSON.stringify({ ...record, submittedBy: "eve" }));
  const { problems } = verifyCertificate(certificate, layout, KEY);
  assert.match(problems.join("\n"), /does not match its hash: it was edited/);
  assert.match(problems.join("\n"), /job\.submittedBy: the certificate says "ada", the archive "eve"/);
});

test("the document needs nothing but itself, and escapes what tables are called", async t => {
  const { layout, records } = archived(t);
  const text = textOf(certificateDocument(await issue(layout, "job", records[0]?.id ?? "")));
  assert.match(text, /^<!doctype html>/);
  assert.doesNotMatch(text, /(src|href)=|@import|url\(|<script/);
  assert.match(text, /&lt;b&gt;/);
  assert.match(text, /9007199254740993/);
});
