import { existsSync } from "node:fs";
import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../connectors/snowflake/connect.ts";
import { loadDriver } from "../../connectors/snowflake/driver.ts";
import { isMissing } from "../../connectors/snowflake/errors.ts";
import {
  createTargetStatement,
  type MergeRow,
  type MergeTarget,
  mergeRows,
  missingRows,
} from "../../connectors/snowflake/merge.ts";
import { identifier, qualified, type SnowflakeTable, snowflakeName } from "../../connectors/snowflake/names.ts";
import { REPORT_NAMES, type ReportName, reportFile } from "../../core/store/archive.ts";
import { layoutOf } from "../../core/store/layout.ts";
import type { Engine, PlanContext, Step, StepContext } from "../engine.ts";
import { type ExportAudit, targetsOf } from "./parameters.ts";
import { chainRow, readReport } from "./report.ts";

/** Which of the three tables a step fills, and its columns with Snowflake's types. */
interface Part {
  target: MergeTarget;
  rows(): Iterable<MergeRow>;
}

/** Merges both reports into Snowflake tables, each row once, and the newest hash of the archive with them. */
const engine: Engine<ExportAudit, Part> = { ready: loadDriver, plan: planExport, run: exportPart };

export default engine;

async function planExport({ job, settings }: PlanContext<ExportAudit>) {
  const layout = layoutOf(settings.DATA_DIR);
  const targets = targetsOf(job.parameters, settings);
  const jobs = reportFile(layout, "jobs");
  if (!existsSync(jobs))
    throw new Error("There is no audit yet: no job has ended. Run `npm run audit` if archive/ holds records.");
  const report = (name: ReportName, table: SnowflakeTable, key: string[]): Step<Part> => {
    const { columns, rows } = readReport(reportFile(layout, name), name);
    return step(`archive/${REPORT_NAMES[name]}`, { target: { table, columns, key }, rows: () => rows });
  };
  const chain = { table: targets.chain, columns: CHAIN, key: ["hash"] };
  return {
    parallel: 1,
    steps: [
      report("jobs", targets.jobs, ["job_id"]),
      report("tables", targets.tables, ["job_id", "table"]),
      step("archive/head", { target: chain, rows: () => chainRow(layout.archive, jobs) }),
    ],
  };
}

const CHAIN = [
  { name: "hash", type: "VARCHAR" },
  { name: "job_id", type: "VARCHAR" },
  { name: "exported_at", type: "VARCHAR" },
];

function step(table: string, detail: Part): Step<Part> {
  return {
    table,
    target: snowflakeName(detail.target.table),
    action: "merge",
    why: "rows that are there already stay",
    detail,
  };
}

async function exportPart({ table, target, detail }: Step<Part>, context: StepContext<ExportAudit>) {
  const address = snowflakeAddress(context.settings);
  const snowflake = await openSnowflake(address);
  try {
    await createTarget(snowflake, detail.target);
    const rows = [...detail.rows()];
    const missing = await missingRows(snowflake, detail.target, rows, { signal: context.signal });
    const inserted = await mergeRows(snowflake, detail.target, missing, { signal: context.signal });
    const there = await countRows(snowflake, detail.target.table);
    if (there < rows.length)
      throw new Error(
        `${snowflakeName(detail.target.table)} has ${there} rows after the export, ${rows.length} were sent.`,
      );
    const proof = { level: "metadata", verdict: "agrees" } as const;
    context.proof({
      ...{ at: new Date().toISOString(), attempt: context.attempt, table, target, ...proof },
      ...{ source: { rows: String(rows.length) }, targetFigures: { rows: String(there) } },
    });
    return {
      outcome: "succeeded" as const,
      rows: String(rows.length),
      proof,
      notes: [`${inserted} new, ${rows.length - inserted} were there already`],
    };
  } finally {
    await snowflake.close().catch(() => undefined);
  }
}

// Most roles may not create databases, so they are not asked to where one is there.
async function createTarget(snowflake: Snowflake, target: MergeTarget): Promise<void> {
  const create = createTargetStatement(target);
  try {
    await snowflake.run(create);
  } catch (error) {
    if (!isMissing(error)) throw error;
    for (const sql of places(target.table)) await snowflake.run(sql);
    await snowflake.run(create);
  }
}

function places({ database, schema }: SnowflakeTable): string[] {
  return [
    `CREATE DATABASE IF NOT EXISTS ${identifier(database)}`,
    `CREATE SCHEMA IF NOT EXISTS ${identifier(database)}.${identifier(schema)}`,
  ];
}

async function countRows(snowflake: Snowflake, table: SnowflakeTable): Promise<number> {
  const [row] = await snowflake.run(`SELECT COUNT(*) AS ROW_COUNT FROM ${qualified(table)}`);
  return Number(row?.ROW_COUNT ?? 0);
}
