import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { snowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../../connectors/snowflake/connect.ts";
import { writeAuditReports } from "../../../core/audit/rebuild.ts";
import { newId } from "../../../core/jobs/id.ts";
import { jobOf } from "../../../core/jobs/job.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { readSettings } from "../../../core/settings.ts";
import type { Layout } from "../../../core/store/layout.ts";
import type { Engine } from "../../../engines/engine.ts";
import engine from "../../../engines/export-audit/engine.ts";
import { exportAudit } from "../../../engines/export-audit/parameters.ts";
import { runAttempt } from "../../../engines/runner/attempt.ts";
import type { AttemptEnd } from "../../../engines/runner/limits.ts";
import { archive, outcome, temporaryLayout } from "../../core/audit/archive.ts";

/** Exports the audit of an archive, as the engine does. */
async function exported(
  layout: Layout,
  table: string,
  signal = new AbortController().signal,
  proofs: object[] = [],
): Promise<AttemptEnd> {
  const id = newId("export-audit");
  const file = { type: "export-audit", parameters: { table } };
  const origin = { via: "command", submittedBy: "test", submittedAt: new Date().toISOString() } as const;
  return await runAttempt(engine as unknown as Engine, {
    job: jobOf(id, file, exportAudit.shape.parse(file.parameters), origin),
    attempt: 1,
    settings: readSettings({ ...process.env, DATA_DIR: layout.root }),
    sessions: [],
    succeeded: [],
    signal,
    emit: () => undefined,
    proof: proof => void proofs.push(proof),
  });
}

test("an export that is interrupted in the middle goes on, and however often it runs there is one row for each job", async t => {
  const layout = temporaryLayout(t);
  let newest: JobRecord | undefined;
  for (let i = 0; i < 800; i++)
    newest = archive(layout, newest, { note: `it's "note" ${i}`, tables: [outcome("orders"), outcome("order lines")] });
  writeAuditReports(layout);
  // A name that has to be quoted, since it holds a quote, a blank and a word of SQL.
  const name = `Audit "from" ${Date.now()}`;
  const quoted = (part: string) => `portal.public."${`${name}${part}`.replaceAll('"', '""')}"`;
  const snowflake = await openSnowflake(snowflakeAddress(readSettings()));
  t.after(async () => {
    for (const part of ["", "_TABLES", "_CHAIN"]) await snowflake.run(`DROP TABLE IF EXISTS ${quoted(part)}`);
    await snowflake.close();
  });
  const figures = async (part: string, key: string) => {
    const sql = `SELECT COUNT(*) AS N, COUNT(DISTINCT ${key}) AS D FROM ${quoted(part)}`;
    return (await snowflake.run(sql).catch(() => []))[0] ?? { N: "0", D: "0" };
  };

  const stop = new AbortController();
  const first = exported(layout, name, stop.signal);
  while ((await figures("", "job_id")).N === "0") await pause(20);
  stop.abort();
  assert.equal((await first).exitCode, 130);
  const part = await figures("", "job_id");
  assert.ok(Number(part.N) > 0 && Number(part.N) < 800, `it was in the middle, at ${part.N} rows`);
  assert.equal(part.N, part.D);

  for (const remark of [
    new RegExp(`^${800 - Number(part.N)} new, ${part.N} were there already$`),
    /^0 new, 800 were there/,
  ]) {
    const ending = await exported(layout, name);
    assert.equal(ending.exitCode, 0, ending.error?.message);
    assert.match(ending.outcomes[0]?.notes?.[0] ?? "", remark);
    assert.deepEqual(await figures("", "job_id"), { N: "800", D: "800" });
    assert.deepEqual(await figures("_TABLES", `job_id || "TABLE"`), { N: "1600", D: "1600" });
  }
  const chain = await snowflake.run(`SELECT hash AS HASH, job_id AS ID FROM ${quoted("_CHAIN")}`);
  assert.deepEqual(chain, [{ HASH: newest?.hash, ID: newest?.id }], "the newest hash went along, once");
  const [row] = await snowflake.run(`SELECT "FROM" AS F, "TO" AS T, note AS N FROM ${quoted("")} WHERE job_id = ?`, [
    newest?.id ?? "",
  ]);
  assert.deepEqual(row, { F: "hive.sales", T: "lake.sales_iceberg", N: 'it\'s "note" 799' });
});

test("each proof is kept in full: an archive without it would look as if it had been removed", async t => {
  const layout = temporaryLayout(t);
  archive(layout, archive(layout), {});
  writeAuditReports(layout);
  const name = `PROVEN_${Date.now()}`;
  const snowflake = await openSnowflake(snowflakeAddress(readSettings()));
  t.after(async () => {
    for (const part of ["", "_TABLES", "_CHAIN"])
      await snowflake.run(`DROP TABLE IF EXISTS portal.public.${name}${part}`);
    await snowflake.close();
  });
  const proofs: { table?: string; verdict?: string; source?: { rows: string } }[] = [];
  const ending = await exported(layout, name, undefined, proofs);
  assert.deepEqual(
    proofs.map(({ table, verdict, source }) => [table, verdict, source?.rows]),
    ending.outcomes.map(({ table, proof, rows }) => [table, proof?.verdict, rows]),
  );
  assert.deepEqual(
    proofs.map(({ verdict, source }) => [verdict, source?.rows]),
    [
      ["agrees", "2"],
      ["agrees", "2"],
      ["agrees", "1"],
    ],
  );
});
