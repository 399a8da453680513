import type { TableName } from "../../../../connectors/iceberg/names.ts";
import { SparkError } from "../../../../connectors/spark/errors.ts";
import type { Row, Session } from "../../../../connectors/spark/session.ts";
import { cachedAnswer } from "../../../../core/system/cache.ts";
import type { StreamFigures } from "../../../../views/pages/streams/stream-figures.ts";
import type { Portal } from "../../../portal/page.ts";
import { countedFigures, type StreamHead } from "./counted.ts";
import type { SpanOfTime } from "./spans.ts";
import { badLinesOf, COMPANION_ENDINGS, companionTable, headsOf, namesThere } from "./sql.ts";
import { summarized } from "./summarized.ts";

/** What is stored of a stream: figures of a span of time, and the lines that could not be read. */
export interface Stored {
  figures?: StreamFigures;
  bad?: { count: string; samples: { at: string; raw: string }[] };
}

/** Looks at what is stored of a stream: at its statistics where they are of all time, else at its table. */
export async function storedOf(portal: Portal, name: TableName, span: SpanOfTime): Promise<Stored> {
  const ask = <T>(work: (session: Session) => Promise<T>) => portal.metadata.ask(name.catalog, work);
  const heads = await ask(session => headsThere(session, name));
  const [own, bad] = [heads.get(name.table), heads.get(`${name.table}_bad`)];
  const summaries = COMPANION_ENDINGS.slice(1).map(ending => heads.get(`${name.table}${ending}`));
  const isSummarized = span.isAll && summaries.every(head => head !== undefined);
  const [figures, samples] = await Promise.all([
    isSummarized
      ? cachedAnswer(portal, ["summarized", name, summaries], () => ask(session => summarized(session, name, heads)))
      : own &&
        cachedAnswer(portal, ["counted", name, own.id, span], () =>
          ask(session => countedFigures(session, name, own, span)),
        ),
    bad &&
      cachedAnswer(portal, ["bad lines", name, bad.id], () =>
        ask(session => session.query(badLinesOf(name, bad.id, SAMPLES))),
      ),
  ]);
  return {
    ...(figures && { figures }),
    ...(bad && samples && { bad: { count: bad.rows, samples: samples as unknown as { at: string; raw: string }[] } }),
  };
}

const SAMPLES = 5;

/** The snapshots of a stream's table and of those beside it, as far as they are there and have one. */
async function headsThere(session: Session, name: TableName): Promise<Map<string, StreamHead>> {
  const all = [name, ...COMPANION_ENDINGS.map(ending => companionTable(name, ending))];
  const there = new Set((await namesIn(session, name)).map(row => String(row.tableName)));
  const found = all.filter(({ table }) => there.has(table));
  if (found.length === 0) return new Map();
  const rows = await session.query(headsOf(found));
  return new Map(
    rows.map(({ table, id, at, source, rows: count }) => [
      String(table),
      {
        id: String(id),
        at: new Date(Number(at)).toISOString(),
        rows: String(count ?? "0"),
        ...(source !== null && source !== undefined && { source: String(source) }),
      },
    ]),
  );
}

// A namespace that is not there yet has no tables.
async function namesIn(session: Session, name: TableName): Promise<Row[]> {
  try {
    return await session.command(namesThere(name));
  } catch (error) {
    if (error instanceof SparkError && /SCHEMA_NOT_FOUND|NAMESPACE_NOT_FOUND/.test(error.errorClass ?? "")) return [];
    throw error;
  }
}
