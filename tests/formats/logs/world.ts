import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openTableSession } from "../../../connectors/iceberg/session.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { readSettings } from "../../../core/settings.ts";
import { detect, type FormatRequest } from "../../../formats/logs/detect.ts";
import type { LogFile } from "../../../formats/logs/format.ts";
import { readLogHead } from "../../../formats/logs/reading/head.ts";
import { readLogs } from "../../../formats/logs/reading/read.ts";

/** A row of the lines, 64-bit numbers as numbers and times as ISO 8601. */
export type Line = Record<string, string | number | boolean | null>;

/** A file to be made and read. */
export interface Made extends FormatRequest {
  content: string | Buffer;
  timeZone?: string;
  year?: number;
  dayFirst?: boolean;
  modified?: string;
}

/** A folder of logs and a Spark session that read them as an analysis does: found out, counted, parsed. */
export interface LogWorld {
  session: Session;
  folder: string;
  file(name: string, made: Made): Promise<LogFile>;
  rows(sql: string): Promise<Line[]>;
  /** The lines of files, by file; sorted by their numbers. */
  read(files: Record<string, Made>): Promise<Record<string, Line[]>>;
}

/** Makes such a world; it goes with the test. */
export async function logWorld(t: Pick<TestContext, "after">, conf: Record<string, string> = {}): Promise<LogWorld> {
  const folder = mkdtempSync(join(tmpdir(), "portal-logs-"));
  const session = await openTableSession(readSettings());
  t.after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await session.release();
    session.close();
  });
  await session.config.set({ "spark.sql.ansi.enabled": "true", ...conf });
  const world: LogWorld = {
    session,
    folder,
    async file(name, { content, timeZone = "UTC", year, dayFirst, modified, ...wanted }) {
      const path = join(folder, name);
      writeFileSync(path, content);
      if (modified) utimesSync(path, new Date(modified), new Date(modified));
      const { format, why } = detect((await readLogHead(path)).bytes, wanted);
      if (!format) throw new Error(why);
      const place = { uri: `file:${path}`, name, modified: statSync(path).mtime };
      const said = { ...(year !== undefined && { year }), ...(dayFirst !== undefined && { dayFirst }) };
      return { ...place, format, timeZone, ...said };
    },
    async rows(sql) {
      const plain = (value: unknown) =>
        typeof value === "bigint" ? Number(value) : value instanceof Date ? value.toISOString() : value;
      const rows = await session.query(sql);
      return rows.map(
        row => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])) as Line,
      );
    },
    async read(files) {
      const made = await Promise.all(Object.entries(files).map(([name, one]) => world.file(name, one)));
      const { sql } = await readLogs(session, made);
      const rows = await world.rows(`select * from (${sql}) order by source, line`);
      return Object.fromEntries(made.map(({ name }) => [name, rows.filter(row => row.source === name)]));
    },
  };
  return world;
}
