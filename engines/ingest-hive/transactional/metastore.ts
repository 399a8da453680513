import { HiveError, UnknownCall } from "../../../connectors/hive/address.ts";
import type {
  Metastore,
  MetastoreTable,
  ReadTransaction,
  ValidIds,
} from "../../../connectors/hive/metastore/metastore.ts";
import type { HiveTable } from "../../../connectors/iceberg/describe.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import type { Settings } from "../../../core/settings.ts";
import type { Alone } from "./place-rows.ts";
import { type PlannedRead, planRead } from "./plan-read.ts";
import { oldMetastore } from "./refusals.ts";

/** A transactional table as the metastore describes it, and how it will be read. */
export interface TransactionalTable extends PlannedRead {
  table: MetastoreTable;
}

/** The transactional tables of one job: all are read as of one moment, and Hive keeps what was valid then until the job ends. */
export interface TransactionalTables {
  /** What the metastore says of a table that Spark can't describe; undefined where there is none. */
  describe(database: string, name: string): Promise<MetastoreTable | undefined>;
  /** Throws a StepFailed where a table can't be read, with the way out. `again` takes what is valid by now. */
  plan(session: Session, database: string, name: string, how?: "again"): Promise<TransactionalTable | undefined>;
  end(): Promise<void>;
}

interface Moment {
  transactions: ValidIds;
  held?: ReadTransaction;
}

/** Opens nothing before the first table asks. */
export function transactionalTables(settings: Settings): TransactionalTables {
  let opened: Promise<Metastore> | undefined;
  let moment: Promise<Moment> | undefined;
  const moments: Promise<Moment>[] = [];
  const metastore = () => {
    // Most tables are Spark's own client's.
    opened ??= import("../../../connectors/hive/metastore/metastore.ts").then(of => of.openMetastore(settings));
    return opened;
  };
  const now = (how?: "again") => {
    if (!moment || how) {
      moment = metastore().then(found => beginAt(found, settings.HIVE_READ_TRANSACTION === "on"));
      moments.push(moment);
    }
    return moment;
  };
  // Tables are planned side by side on one session, of which some settings and names belong to one of them at a time.
  let before: Promise<unknown> = Promise.resolve();
  const alone: Alone = run => {
    const mine = before.then(run);
    before = mine.catch(() => undefined);
    return mine;
  };
  return {
    describe: async (database, name) => await (await metastore()).table(database, name),
    async plan(session, database, name, how) {
      const found = await metastore();
      const table = await found.table(database, name);
      if (!table) return undefined;
      try {
        // The moment comes before the look at the files: what is compacted meanwhile is not of it.
        const { transactions, held } = await now(how);
        const planned = await planRead(session, found, table, { transactions, alone });
        return held || settings.HIVE_READ_TRANSACTION !== "on"
          ? { ...planned, table }
          : { ...planned, table, notes: [...planned.notes, UNHELD] };
      } catch (error) {
        throw error instanceof UnknownCall || error instanceof NoTransactions ? oldMetastore(database, name) : error;
      }
    },
    async end() {
      const begun = await Promise.all(moments.map(one => one.catch(() => undefined)));
      for (const one of begun) await one?.held?.end();
      (await opened?.catch(() => undefined))?.close();
    },
  };
}

const UNHELD =
  "the metastore opened no transaction for reading, so a compaction may remove files while they are read; then they are chosen anew, once";

class NoTransactions extends HiveError {}

async function beginAt(metastore: Metastore, hold: boolean): Promise<Moment> {
  const held = hold ? await metastore.beginReading().catch(unlessAway) : undefined;
  try {
    return { transactions: await metastore.transactions(), ...(held && { held }) };
  } catch (error) {
    await held?.end();
    if (error instanceof HiveError && !error.unavailable) throw new NoTransactions(error.message);
    throw error;
  }
}

function unlessAway(error: unknown): undefined {
  if (!(error instanceof HiveError) || error.unavailable) throw error;
}

/** The same table as Spark would describe it. */
export function asHiveTable(table: MetastoreTable): HiveTable {
  const { properties, columns, partitionColumns, buckets, bucketColumns } = table;
  const size = Number(properties.totalSize ?? 0);
  return {
    columns: [...columns, ...partitionColumns].map(({ name, type, comment }) => ({
      ...{ name, type: { name: type } },
      ...(comment && { comment }),
    })),
    type: table.type === "EXTERNAL_TABLE" ? "EXTERNAL" : "MANAGED",
    provider: "hive",
    location: table.location,
    ...(properties.comment && { comment: properties.comment }),
    serde_library: table.serde,
    input_format: table.inputFormat,
    table_properties: { ...properties },
    storage_properties: { ...table.serdeProperties },
    ...(partitionColumns.length > 0 && { partition_columns: partitionColumns.map(({ name }) => name) }),
    ...(buckets > 0 && bucketColumns.length > 0 && { num_buckets: buckets, bucket_columns: [...bucketColumns] }),
    // Hive's count of rows is not kept right in such tables.
    ...(size > 0 && { statistics: { size_in_bytes: size } }),
    ...(table.createdAt > 0 && { created_time: new Date(table.createdAt * 1000).toISOString() }),
  };
}
