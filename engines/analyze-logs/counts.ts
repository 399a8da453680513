import type { Snapshot } from "../../connectors/iceberg/iceberg.ts";
import { sqlName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { LogFile } from "../../formats/logs/format.ts";
import { headerLines } from "../../formats/logs/reading/lines.ts";
import type { FileCounts } from "../../formats/logs/reading/read.ts";
import type { StepContext } from "../engine.ts";
import { isoOf } from "./options.ts";
import { type AnalyzeLogs, linesTable } from "./parameters.ts";

/** What the table has of one file. `lines` are those of the file: a record and all that follows it. */
export interface InTable {
  lines: number;
  records: number;
  notParsed: number;
  /** Lines that were not understood, with what follows them. */
  unparsedLines: number;
  from?: string;
  to?: string;
}

type Context = StepContext<AnalyzeLogs>;

/** Counts what the table has of each file, and keeps the proof that it is what was counted in the files; throws where it is not. */
export async function proveLines(
  session: Session,
  files: readonly LogFile[],
  counted: readonly FileCounts[],
  snapshot: Snapshot,
  context: Context,
): Promise<Map<string, InTable>> {
  const { attempt, proof } = context;
  const table = linesTable(context.job.id);
  const sql = countsOf(table, snapshot);
  const found = await inTable(session, sql, context);
  const differences = differencesOf(files, counted, found);
  const written = [...found.values()].reduce((sum, one) => sum + one.lines, 0);
  const headers = files.reduce((sum, { format }) => sum + headerLines(format), 0);
  proof({
    ...{
      at: new Date().toISOString(),
      attempt,
      table: files
        .map(({ name }) => name)
        .join(", ")
        .slice(0, 500),
    },
    ...{ target: tableNameOf(table), level: "metadata", verdict: differences.length === 0 ? "equal" : "differs" },
    ...{ targetSnapshot: snapshot.id, columns: ["source", "line"] },
    source: { rows: String(counted.reduce((sum, one) => sum + one.lines, 0)) },
    targetFigures: { rows: String(written + headers) },
    notes: ["rows are the lines of the files: those of records, those that follow them, and headers"],
    ...(differences.length > 0 && { differences: differences.slice(0, 20) }),
    sql,
  });
  if (differences.length === 0) return found;
  throw new Error(
    `${tableNameOf(table)} differs from its files: ${differences.slice(0, 5).join("; ")}. A file may have grown while it was read: run the job again.`,
  );
}

/** Whether a table that an earlier attempt has left is what is in the files now. */
export async function isFullyCounted(
  session: Session,
  files: readonly LogFile[],
  counted: readonly FileCounts[],
  snapshot: Snapshot,
  context: Context,
): Promise<boolean> {
  const found = await inTable(session, countsOf(linesTable(context.job.id), snapshot), context);
  return differencesOf(files, counted, found).length === 0;
}

function countsOf(table: ReturnType<typeof linesTable>, { id }: Snapshot): string {
  const following = "if(trace is null, 0, length(trace) - length(replace(trace, '\\n', '')) + 1)";
  return `select source, cast(sum(1 + ${following}) as string) as lines, cast(count(*) as string) as records,
    cast(count_if(not parsed) as string) as not_parsed,
    cast(sum(if(parsed, 0, 1 + ${following})) as string) as unparsed_lines,
    cast(unix_seconds(min(time)) as string) as first, cast(unix_seconds(max(time)) as string) as last
    from ${sqlName(table)} version as of ${id} group by source`;
}

async function inTable(session: Session, sql: string, { signal }: Context): Promise<Map<string, InTable>> {
  const rows = await session.query(sql, { signal });
  return new Map(
    rows.map(({ source, lines, records, not_parsed, unparsed_lines, first, last }): [string, InTable] => [
      String(source),
      {
        ...{ lines: Number(lines), records: Number(records), notParsed: Number(not_parsed) },
        unparsedLines: Number(unparsed_lines),
        ...(first && last ? { from: isoOf(first), to: isoOf(last) } : {}),
      },
    ]),
  );
}

function differencesOf(
  files: readonly LogFile[],
  counted: readonly FileCounts[],
  found: ReadonlyMap<string, InTable>,
): string[] {
  return counted.flatMap(({ source, lines }) => {
    const file = files.find(({ name }) => name === source);
    const written = (found.get(source)?.lines ?? 0) + (file ? headerLines(file.format) : 0);
    return lines === written ? [] : [`${source} has ${lines} lines, the table ${written} of it`];
  });
}
