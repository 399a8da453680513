import {
  type CheckFiles,
  checkFiles,
  FILE_COLUMN,
  FILE_MARK,
  namesByMark,
} from "../../connectors/iceberg/files-read.ts";
import { hasOwnReader } from "../../connectors/iceberg/source-files.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { besideLogName } from "../../core/store/names.ts";
import { dropParts } from "../../formats/csv/parts.ts";
import { group } from "../../views/format/figures.ts";
import type { StepContext } from "../engine.ts";
import { type HiveReading, readAsHive, readerNotes } from "../ingest-hive/reading/read-as-hive.ts";
import { prepared } from "../load-csv/prepared.ts";
import { dropWork, openRecords } from "../load-csv/stage.ts";
import { isSparkLocal } from "../runner/job-error.ts";
import { rowHash } from "../table-copy/hash.ts";
import { figuresOfHashes, type ProofFigures, proofFigures } from "../table-copy/proof-figures.ts";
import { type Pair, sideList } from "./pair.ts";
import type { CompareTables } from "./parameters.ts";
import type { Found } from "./sides.ts";

/** One side with the names and types that both are compared in, ready to be read. */
export interface Readable {
  /** A SELECT in parentheses. */
  relation: string;
  /** Where its values lie, without the casts. */
  from: string;
  checkFiles?: CheckFiles;
}

/** What reading both sides gave to say: notes, and what could not be read and so is a difference. */
export interface Remarks {
  notes: string[];
  unread: string[];
}

/** Opens the sides, does the work, and clears up. The work may be done twice, where a table has to be read in another way. */
export async function withSides<T>(
  session: Session,
  context: StepContext<CompareTables>,
  sides: readonly Found[],
  pairs: readonly Pair[],
  work: (left: Readable, right: Readable, remarks: Remarks) => Promise<T>,
): Promise<T> {
  const opened: Remarks = { notes: [], unread: [] };
  const closing: (() => Promise<void>)[] = [];
  try {
    const relations = await openFiles(session, context, sides, opened, closing);
    const readable = (at: 0 | 1, checkFiles?: CheckFiles): Readable => ({
      from: relations[at] ?? "",
      relation: `(select ${sideList(pairs, at === 0 ? "left" : "right")} from ${relations[at]})`,
      ...(checkFiles && { checkFiles }),
    });
    const hive = sides.flatMap(({ hive: origin }, at) => (origin ? [{ origin, at }] : []));
    if (hive.length === 0) return await work(readable(0), readable(1), opened);
    return await readAsHive(
      session,
      hive.map(({ origin }) => origin),
      context.signal,
      async reading => {
        const checks = new Map(hive.map(({ origin, at }, i) => [at, check(session, origin, reading, i)]));
        const remarks = { ...opened, notes: [...opened.notes, ...readerNotes(reading.reason)] };
        return await work(readable(0, checks.get(0)), readable(1, checks.get(1)), remarks);
      },
    );
  } finally {
    for (const close of closing) await close();
  }
}

// Holds the files that a table's rows came from against those listed; undefined where nothing was listed, as of a view.
function check(
  session: Session,
  { table, tables }: NonNullable<Found["hive"]>,
  { listed, reason }: HiveReading,
  at: number,
): CheckFiles | undefined {
  const files = listed[at]?.[0];
  if (!files || tables) return undefined;
  return async (marks, names) => {
    const hiveWay = reason !== undefined || !hasOwnReader(table);
    const observed = (marks && namesByMark(files, marks)) ?? (await names());
    await checkFiles(session, { table, listed: files, hiveWay }, observed);
  };
}

const SPLIT = "spark.sql.files.maxPartitionBytes";
const SPLITS = "spark.sql.files.maxPartitionNum";

async function openFiles(
  session: Session,
  context: StepContext<CompareTables>,
  sides: readonly Found[],
  remarks: Remarks,
  closing: (() => Promise<void>)[],
): Promise<string[]> {
  const relations: string[] = [];
  for (const [at, { relation, load }] of sides.entries()) {
    if (!load) {
      relations.push(relation ?? "");
      continue;
    }
    // Both sides may be files, each with parts of its own.
    const id = at === 0 ? context.job.id : `${context.job.id}.right`;
    const reading = { ...context, job: { id } };
    closing.push(async () => dropParts(context.settings.DATA_DIR, id));
    const ready = await prepared(load, reading);
    const { records, bad } = ready.file;
    if (bad > 0)
      remarks.unread.push(
        `${group(bad)} of ${group(records)} records of ${load.source.name} can't be read, see logs/${besideLogName(id, "bad")}`,
      );
    const { [SPLIT]: size = "128MB" } = await session.config.get([SPLIT]);
    const { relation: opened } = await openRecords(session, ready, reading, `portal_file_${at}`);
    // The other side's files are not cut as small as the parts of this one.
    await session.config.set({ [SPLIT]: size, [SPLITS]: "10000" });
    if (!isSparkLocal(context.settings))
      closing.push(() => dropWork(session, { ...load.target, table: `portal_stage_${load.target.table}` }));
    relations.push(opened);
  }
  return relations;
}

/** Takes the figures of one side by one scan, and makes sure that of a Hive table all files were read. */
export async function readSideFigures(
  session: Session,
  pairs: readonly Pair[],
  { relation, from, checkFiles }: Readable,
  side: "left" | "right",
  context: Pick<StepContext, "signal" | "emit">,
  table: string,
): Promise<ProofFigures> {
  const names = ["rows", "sum", "sum2", "xor"].map(name => `cast(${name} as string) as ${name}`);
  const marked = `(select ${sideList(pairs, side)}, ${FILE_MARK} as ${FILE_COLUMN} from ${from})`;
  const hashed = `(select ${rowHash(pairs)} as portal_hash${checkFiles ? `, ${FILE_COLUMN}` : ""} from ${checkFiles ? marked : relation})`;
  const marks = checkFiles && `to_json(transform(collect_set(${FILE_COLUMN}), mark -> cast(mark as string))) as marks`;
  const metrics = [...figuresOfHashes("portal_hash"), ...(marks ? [marks] : [])];
  const [row = {}] = await session.query(
    `select ${[...names, ...(marks ? ["marks"] : [])].join(", ")} from (select ${metrics.join(", ")} from ${hashed})`,
    {
      signal: context.signal,
      onProgress: ({ tasksDone: done, tasks: total, bytesRead: bytes }) =>
        context.emit({ event: "progress", table, step: `read ${side}`, done, total, bytes }),
    },
  );
  await checkFiles?.(JSON.parse(String(row.marks ?? "[]")) as string[], async () => {
    const files = await session.query(`select distinct input_file_name() as file from ${from}`, {
      signal: context.signal,
    });
    return files.map(({ file }) => String(file));
  });
  return proofFigures(row);
}
