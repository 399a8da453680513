import assert from "node:assert/strict";
import { test } from "node:test";
import Papa from "papaparse";
import { AUDIT_REPORTS } from "../../../core/audit/reports.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { archive, outcome, temporaryLayout } from "./archive.ts";

const [jobs, tables] = AUDIT_REPORTS as [(typeof AUDIT_REPORTS)[number], (typeof AUDIT_REPORTS)[number]];

function rowsOf(report: (typeof AUDIT_REPORTS)[number], record: JobRecord): Record<string, string>[] {
  return Papa.parse<Record<string, string>>(report.header + report.lines(record), {
    header: true,
    skipEmptyLines: true,
  }).data;
}

test("the columns of the job report are those that the design names", () => {
  assert.equal(
    jobs.header,
    "job_id,type,status,submitted_by,via,file,note,submitted_at,started_at,finished_at,wait_seconds,run_seconds," +
      "attempts,exit_code,parent_id,retry_of,tables,tables_succeeded,tables_failed,rows,bytes,from,to,error,log\n",
  );
});

test("the columns of the table report are those that the design names", () => {
  assert.equal(
    tables.header,
    "job_id,table,target,outcome,rows,bytes,files,seconds,source_snapshot,target_snapshot,proof,error\n",
  );
});

test("a job's row holds its times, its sums beyond 53 bits, and where its tables came from and went", t => {
  const failed = outcome("odd", { outcome: "failed", rows: "2", bytes: "5", error: { message: "differs" } });
  const record = archive(temporaryLayout(t), undefined, { tables: [outcome("orders"), failed] });
  assert.deepEqual(rowsOf(jobs, record), [
    {
      ...{ job_id: record.id, type: "ingest-hive", status: "succeeded", submitted_by: "ada", via: "command" },
      ...{ file: "", note: "", submitted_at: record.submittedAt, started_at: record.startedAt },
      ...{ finished_at: record.finishedAt, wait_seconds: "1.500", run_seconds: "62.250", attempts: "1" },
      ...{ exit_code: "0", parent_id: "", retry_of: "", tables: "2", tables_succeeded: "1", tables_failed: "1" },
      ...{ rows: "9007199254740995", bytes: "1005", from: "hive.sales", to: "lake.sales_iceberg" },
      ...{ error: "", log: `logs/${record.id}.log` },
    },
  ]);
});

test("a table's row holds its figures, its snapshots and the verdict of its proof", t => {
  const record = archive(temporaryLayout(t), undefined, { tables: [outcome("orders", { sourceSnapshot: "7" })] });
  assert.deepEqual(rowsOf(tables, record), [
    {
      ...{ job_id: record.id, table: "hive.sales.orders", target: "lake.sales_iceberg.orders", outcome: "succeeded" },
      ...{ rows: "9007199254740993", bytes: "1000", files: "2", seconds: "1.250", source_snapshot: "7" },
      ...{ target_snapshot: "6536733823181975045", proof: "equal", error: "" },
    },
  ]);
});

test("a job of two places names both, each once", t => {
  const elsewhere = outcome("a", { table: "hive.stock.a" });
  const record = archive(temporaryLayout(t), undefined, { tables: [outcome("x"), elsewhere, outcome("y")] });
  assert.equal(rowsOf(jobs, record)[0]?.from, "hive.sales hive.stock");
});

test("the log is that of the last attempt, also where an orderly stop broke one off", t => {
  const layout = temporaryLayout(t);
  const turn = (attempt: number) => ({ attempt, startedAt: "x", finishedAt: "x", exitCode: 1 });
  const stopped = archive(layout, undefined, { attempts: [turn(1), turn(1)] });
  assert.equal(rowsOf(jobs, stopped)[0]?.log, `logs/${stopped.id}.log`);
  assert.equal(rowsOf(jobs, stopped)[0]?.attempts, "1");
  const again = archive(layout, stopped, { attempts: [turn(1), turn(2)] });
  assert.equal(rowsOf(jobs, again)[0]?.log, `logs/${again.id}.2.log`);
  const never = archive(layout, again, { attempts: [] });
  assert.equal(rowsOf(jobs, never)[0]?.log, "");
});

test("a job without tables has no rows, which is not the same as 0 rows", t => {
  const layout = temporaryLayout(t);
  assert.equal(rowsOf(jobs, archive(layout, undefined, { tables: [] }))[0]?.rows, "");
  assert.equal(rowsOf(jobs, archive(layout, undefined, { tables: [outcome("a", { rows: "0" })] }))[0]?.rows, "0");
});

for (const text of [
  "=1+1",
  "+1",
  "-1",
  "@sum(a1)",
  "\t=1",
  "\r=1",
  "\n=1",
  ' "=1',
  "'=1",
  "\uFF1D1",
  "\uFF0B1",
  "\uFF0D1",
  "\uFF201",
])
  test(`the note ${JSON.stringify(text)} is not run by a spreadsheet`, t => {
    const note = rowsOf(jobs, archive(temporaryLayout(t), undefined, { note: text }))[0]?.note;
    assert.equal(note, `'${text.replace(/[\t\r\n]/, " ")}`);
  });

test("a harmless note, also one with a sign in its middle, stays as it is", t => {
  const note = 'Ärger, 3-4 "Fälle" = 雪 🎿';
  assert.equal(rowsOf(jobs, archive(temporaryLayout(t), undefined, { note }))[0]?.note, note);
});

test("every text of people and other systems is made harmless, in both reports", t => {
  const bad = "=cmd|' /C calc'!A0";
  const error = { message: bad };
  const record = archive(temporaryLayout(t), undefined, {
    ...{ submittedBy: bad, file: bad, note: bad, error },
    tables: [outcome("x", { table: `=x.y.z`, target: "@x.y.z", error })],
  });
  const [job, table] = [rowsOf(jobs, record)[0], rowsOf(tables, record)[0]];
  for (const column of ["submitted_by", "file", "note", "error"]) assert.equal(job?.[column], `'${bad}`);
  assert.deepEqual([job?.from, job?.to], ["'=x.y", "'@x.y"]);
  assert.deepEqual([table?.table, table?.target, table?.error], ["'=x.y.z", "'@x.y.z", `'${bad}`]);
});

test("figures and times of ours stay as they are, also below zero", t => {
  const record = archive(temporaryLayout(t), undefined, { submittedAt: "2099-01-01T00:00:00.000Z", exitCode: -1 });
  const row = rowsOf(jobs, record)[0];
  assert.match(row?.wait_seconds ?? "", /^-\d+\.\d{3}$/);
  assert.equal(row?.exit_code, "-1");
});

test("a row is one line whatever is in it", t => {
  const note = "a\nb\r\nc\u2028d\u0085e\vf\fg\0h";
  const record = archive(temporaryLayout(t), undefined, { note });
  assert.equal(jobs.lines(record).split("\n").length, 2);
  assert.equal(rowsOf(jobs, record)[0]?.note, "a b c d e f g h");
});
