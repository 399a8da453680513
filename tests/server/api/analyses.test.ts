import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import { outcome } from "../../core/audit/archive.ts";
import { demoAnalysis } from "../../engines/analysis.ts";
import { endedJob, startApi } from "../api.ts";

test("analyses are listed by person and page by page, found whole by id, and their reports downloaded by name", async t => {
  const { call, layout, url, cookieOf } = await startApi(t, { role: "viewer" });
  const analysis = demoAnalysis();
  const job = { type: "analyze-logs", parameters: { files: ["access.log"] } };
  const ids = [0, 1].map(second => newId("analyze-logs", new Date(1_790_000_000_000 + second * 1000)));
  const other = endedJob(layout);
  const first = endedJob(layout, other, { ...job, id: ids[0] ?? "", tables: [outcome("a", { analysis })] });
  const failed = { status: "failed" as const, submittedBy: "grace", tables: [] };
  const second = endedJob(layout, first, { ...job, ...failed, id: ids[1] ?? "" });

  const list = (query: string) => call("GET", `/api/analyses${query}`);
  const { body } = await list("?limit=1");
  assert.deepEqual(
    body.analyses.map(({ id, state, lines }: { id: string; state: string; lines?: number }) => [id, state, lines]),
    [[second.id, "failed", undefined]],
  );
  const older = await list(`?limit=1&before=${encodeURIComponent(body.next)}`);
  assert.deepEqual(
    older.body.analyses.map(({ id, lines }: { id: string; lines: number }) => [id, lines]),
    [[first.id, Number(analysis.lines)]],
  );
  assert.equal((await list("?person=grace")).body.analyses.length, 1);
  assert.deepEqual((await call("GET", `/api/analyses/${first.id}`)).body, { id: first.id, analysis });
  for (const id of [second.id, other.id, "..", "x"])
    assert.equal((await call("GET", `/api/analyses/${id}`)).status, 404);

  const third = endedJob(layout, second, { ...job, id: newId("analyze-logs"), tables: [outcome("a", { analysis })] });
  const compared = (await call("GET", `/api/analyses/compare?a=${first.id}&b=${third.id}`)).body;
  assert.deepEqual([compared.a.id, compared.b.id], [first.id, third.id]);
  assert.deepEqual([compared.a.lines, compared.b.lines], [Number(analysis.lines), Number(analysis.lines)]);
  assert.equal((await call("GET", `/api/analyses/compare?a=${first.id}&b=${other.id}`)).status, 404);
  assert.equal((await call("GET", `/api/analyses/compare?a=${first.id}`)).status, 400);

  const folder = join(layout.root, "reports", first.id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "top_errors.csv"), "message,count\r\n");
  writeFileSync(join(layout.root, "reports", "alerts.log"), "x\n");
  symlinkSync(join(layout.root, "reports", "alerts.log"), join(folder, "report.html"));
  const cookie = cookieOf("viewer");
  const report = async (id: string, name: string) => {
    const response = await fetch(`${url}/analyses/${id}/reports/${name}`, { headers: { cookie } });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const csv = await report(first.id, "top_errors.csv");
  assert.deepEqual([csv.status, csv.text], [200, "message,count\r\n"]);
  assert.match(csv.headers.get("content-disposition") ?? "", /attachment; filename="top_errors\.csv"/);
  for (const name of ["report.html", "errors_by_day.json", "..%2Falerts.log", "alerts.log", "."])
    assert.equal((await report(first.id, name)).status, 404, name);
  assert.equal((await report("..", "alerts.log")).status, 404);
});
