import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { detect, type Wanted } from "../../log-formats/detect.ts";
import type { LogFile } from "../../log-formats/format.ts";
import { readHead } from "../../log-formats/head.ts";
import { readLogs } from "../../log-formats/read.ts";
import { readSettings } from "../../settings.ts";
import type { Session } from "../../spark/session.ts";
import { openTableSession } from "../../tables/session.ts";

/** A row of the lines, 64-bit numbers as numbers and times as ISO 8601. */
export type Line = Record<string, string | number | boolean | null>;

/** A file to be made and read. */
export interface Made extends Wanted {
  content: string | Buffer;
  timeZone?: string;
  year?: number;
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
    async file(name, { content, timeZone = "UTC", year, modified, ...wanted }) {
      const path = join(folder, name);
      writeFileSync(path, content);
      if (modified) utimesSync(path, new Date(modified), new Date(modified));
      const { format, why } = detect((await readHead(path)).bytes, wanted);
      if (!format) throw new Error(why);
      const place = { uri: `file:${path}`, name, modified: statSync(path).mtime };
      return { ...place, format, timeZone, ...(year !== undefined && { year }) };
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
