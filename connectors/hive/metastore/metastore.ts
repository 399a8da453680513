import { hostname, userInfo } from "node:os";
import type { Settings } from "../../../core/settings.ts";
import { delegationToken, type KerberosSettings } from "../../kerberos/delegation-tokens.ts";
import { CAPABILITIES, HiveError, UnknownCall } from "../address.ts";
import type { DelegationToken } from "../sasl/digest.ts";
import { TokenRefused } from "../sasl/sasl.ts";
import { changeParameters, type ExpectedParameter } from "./change.ts";
import type { Sent, Struct } from "./codec.ts";
import { openThrift, result, type ThriftClient } from "./thrift.ts";

/** Ids of transactions, or of a table's writes, as a reader may see them: up to `high`, but those that are open or aborted. */
export interface ValidIds {
  high: number;
  open: readonly number[];
  aborted: readonly number[];
}

/** What a metastore of Hive 3 or 4 knows of a table. Types are Hive's own texts. */
export interface MetastoreTable {
  database: string;
  name: string;
  type: string;
  columns: readonly { name: string; type: string; comment?: string }[];
  partitionColumns: readonly { name: string; type: string; comment?: string }[];
  location: string;
  inputFormat: string;
  serde: string;
  buckets: number;
  bucketColumns: readonly string[];
  properties: Readonly<Record<string, string>>;
  serdeProperties: Readonly<Record<string, string>>;
  createdAt: number;
  /** What a client must be able to do to read it, where the metastore hides the table's files from us. */
  hidden?: readonly string[];
}

/** One partition: its values as text, in the order of the columns, and its folder. */
export interface MetastorePartition {
  values: readonly string[];
  location: string;
}

/** A transaction that only reads: while it is open Hive's cleaner removes nothing that was valid at its start. */
export interface ReadTransaction {
  id: number;
  /** Ends it; an error is no harm, since the metastore ends it itself when nobody sends a heartbeat. */
  end(): Promise<void>;
}

/** The calls of a metastore that Spark's own client does not make. */
export interface Metastore {
  /** `4.0.1`; before Hive 4 every version says the same of itself, and is `3` or `2` by the calls that it has. */
  version(): Promise<string>;
  /** Undefined where there is no table of that name. */
  table(database: string, name: string): Promise<MetastoreTable | undefined>;
  /** The names of the tables of a database, views and Iceberg tables too; none where there is no such database. */
  tableNames(database: string): Promise<string[]>;
  /** The tables of these names; those that are not there are left out. */
  tables(database: string, names: readonly string[]): Promise<MetastoreTable[]>;
  partitions(table: MetastoreTable): Promise<MetastorePartition[]>;
  transactions(): Promise<ValidIds>;
  /** The writes of a table that these transactions see. Throws an UnknownCall where Hive is older than 3. */
  writeIds(table: MetastoreTable, transactions: ValidIds): Promise<ValidIds>;
  beginReading(): Promise<ReadTransaction>;
  /**
   * Sets parameters of a table if one of them still has the value that is expected, and leaves the rest of it as it is: the
   * server compares (HIVE-26882), and for one that does not know how it is compared right before. False where it has another.
   */
  changeParameters(
    table: Pick<MetastoreTable, "database" | "name">,
    expected: ExpectedParameter,
    changed: Record<string, string>,
  ): Promise<boolean>;
  close(): void;
}

const INSERT_ONLY_TABLES = 2;
const READ_ONLY = 2;
const NO_ACCESS = 1;
const PARTITIONS_AT_ONCE = 100;
const TABLES_AT_ONCE = 100;
const HEARTBEAT_EVERY = 60_000;
const NEVER = "9223372036854775807";

/** Settings that lead to a metastore; those of Kerberos for one that asks for it. */
export type MetastoreSettings = Pick<Settings, "HIVE_METASTORE_URI"> &
  Partial<Pick<Settings, "HIVE_METASTORE_PRINCIPAL"> & KerberosSettings>;

/** Connects to the metastore of HIVE_METASTORE_URI. Throws a HiveError with a sentence. */
export async function openMetastore(settings: MetastoreSettings): Promise<Metastore> {
  const { HIVE_METASTORE_URI: uris } = settings;
  if (!uris)
    throw new HiveError("The address of the Hive Metastore is not set, so nobody can ask it which rows are valid.", {
      hint: "Write HIVE_METASTORE_URI=thrift://host:9083 into .env.",
    });
  const client = await openThrift(uris, await tokenOf(settings)).catch(async error => {
    if (!(error instanceof TokenRefused)) throw error;
    // One that was started anew may have forgotten it.
    return await openThrift(uris, await tokenOf(settings, "again"));
  });
  return {
    version: () => versionOf(client),
    table: (database, name) => tableOf(client, database, name),
    tableNames: database => tableNamesOf(client, database),
    tables: (database, names) => tablesOf(client, database, names),
    partitions: table => partitionsOf(client, table),
    transactions: async () => idsOf(result(await client.call("get_open_txns", {})), { high: 1, ids: 2, aborted: 4 }),
    writeIds: (table, transactions) => writeIdsOf(client, table, transactions),
    beginReading: () => beginReading(client),
    changeParameters: (table, expected, changed) => changeParameters(client, table, expected, changed),
    close: () => client.close(),
  };
}

const text = (value: string): Sent => ["string", value];
const texts = (values: readonly string[]): Sent => ["list", values.map(text)];

// A metastore that asks for Kerberos takes a token instead of a ticket, which only a Java could show.
async function tokenOf(settings: MetastoreSettings, how?: "again"): Promise<DelegationToken | undefined> {
  const { HIVE_METASTORE_URI: address = "", HIVE_METASTORE_PRINCIPAL: principal, CACHE_DIR } = settings;
  if (!principal || !CACHE_DIR) return undefined;
  const service = { kind: "metastore", address, principal } as const;
  const token = await delegationToken({ ...settings, CACHE_DIR }, service, how);
  const [identifier = "", password = ""] = token.split(" ");
  return { service: "The Hive Metastore", identifier, password };
}

async function versionOf(client: ThriftClient): Promise<string> {
  const version = (await client.call("getVersion", {})).text(0) ?? "";
  if (Number.parseInt(version, 10) >= 4) return version;
  try {
    await client.call("get_catalogs", {});
    return "3";
  } catch (error) {
    if (error instanceof UnknownCall) return "2";
    throw error;
  }
}

async function tableOf(client: ThriftClient, database: string, name: string): Promise<MetastoreTable | undefined> {
  try {
    const request: Sent = [
      "struct",
      {
        ...{ 1: text(database), 2: text(name) },
        3: ["struct", { 1: ["list", [["i32", INSERT_ONLY_TABLES]]] }],
        ...{ 8: texts(CAPABILITIES), 9: text("data-operations-portal") },
      },
    ];
    const table = result(await client.call("get_table_req", { 1: request })).struct(1);
    return table && toTable(table);
  } catch (error) {
    if (error instanceof HiveError && /(table not found|NoSuchObject|does not exist)/i.test(error.message))
      return undefined;
    throw error;
  }
}

async function tableNamesOf(client: ThriftClient, database: string): Promise<string[]> {
  try {
    return (await client.call("get_all_tables", { 1: text(database) })).texts(0);
  } catch (error) {
    if (isUnknownDatabase(error)) return [];
    throw error;
  }
}

async function tablesOf(client: ThriftClient, database: string, names: readonly string[]): Promise<MetastoreTable[]> {
  const tables: MetastoreTable[] = [];
  for (let from = 0; from < names.length; from += TABLES_AT_ONCE) {
    const part = texts(names.slice(from, from + TABLES_AT_ONCE));
    const capabilities: Sent = ["struct", { 1: ["list", [["i32", INSERT_ONLY_TABLES]]] }];
    const ours = { 5: texts(CAPABILITIES), 6: text("data-operations-portal") };
    const request: Sent = ["struct", { 1: text(database), 2: part, 3: capabilities, ...ours }];
    try {
      const answer = result(await client.call("get_table_objects_by_name_req", { 1: request }));
      tables.push(...answer.structs(1).map(toTable));
    } catch (error) {
      if (isUnknownDatabase(error)) return [];
      throw error;
    }
  }
  return tables;
}

function isUnknownDatabase(error: unknown): boolean {
  return (
    error instanceof HiveError &&
    /(could not find database|unknown ?database|NoSuchObject|does not exist)/i.test(error.message)
  );
}

function toTable(table: Struct): MetastoreTable {
  const storage = table.struct(7);
  const serde = storage?.struct(7);
  const fields = (columns: Struct[] = []) =>
    columns.map(column => {
      const comment = column.text(3);
      return { name: column.text(1) ?? "", type: column.text(2) ?? "", ...(comment && { comment }) };
    });
  return {
    database: table.text(2) ?? "",
    name: table.text(1) ?? "",
    type: table.text(12) ?? "",
    columns: fields(storage?.structs(1)),
    partitionColumns: fields(table.structs(8)),
    location: storage?.text(2) ?? "",
    inputFormat: storage?.text(3) ?? "",
    serde: serde?.text(2) ?? "",
    buckets: storage?.number(6) ?? -1,
    bucketColumns: storage?.texts(8) ?? [],
    properties: table.map(9),
    serdeProperties: serde?.map(3) ?? {},
    createdAt: table.number(4) ?? 0,
    ...(table.number(22) === NO_ACCESS && { hidden: table.texts(23) }),
  };
}

// In parts, and not all at once: each partition brings all of the table's columns with it.
async function partitionsOf(client: ThriftClient, { database, name }: MetastoreTable): Promise<MetastorePartition[]> {
  const of = { 1: text(database), 2: text(name) };
  const names = (await client.call("get_partition_names", { ...of, 3: ["i16", -1] })).texts(0);
  const partitions: MetastorePartition[] = [];
  for (let from = 0; from < names.length; from += PARTITIONS_AT_ONCE) {
    const part = names.slice(from, from + PARTITIONS_AT_ONCE);
    const answer = await client.call("get_partitions_by_names", { ...of, 3: texts(part) });
    for (const one of answer.structs(0))
      partitions.push({ values: one.texts(1), location: one.struct(6)?.text(2) ?? "" });
  }
  return partitions;
}

async function writeIdsOf(
  client: ThriftClient,
  { database, name }: MetastoreTable,
  transactions: ValidIds,
): Promise<ValidIds> {
  const { high, open, aborted } = transactions;
  const validWriteIds = [high, open.length > 0 ? Math.min(...open) : NEVER, open.join(","), aborted.join(",")].join(
    ":",
  );
  const request: Sent = ["struct", { 1: texts([`${database}.${name}`]), 2: text(validWriteIds) }];
  const [ids] = result(await client.call("get_valid_write_ids", { 1: request })).structs(1);
  if (!ids) throw new HiveError(`The Hive Metastore does not say which writes of ${name} are valid.`);
  return idsOf(ids, { high: 2, ids: 3, aborted: 5 });
}

// Of every id that is not valid a bit tells whether it was aborted; else it is open.
function idsOf(answer: Struct, member: { high: number; ids: number; aborted: number }): ValidIds {
  const bits = answer.bytes(member.aborted) ?? Buffer.alloc(0);
  const ids = answer.numbers(member.ids);
  const isAborted = (i: number) => ((bits[i >> 3] ?? 0) & (1 << (i & 7))) !== 0;
  return {
    high: answer.number(member.high) ?? 0,
    open: ids.filter((_, i) => !isAborted(i)),
    aborted: ids.filter((_, i) => isAborted(i)),
  };
}

async function beginReading(client: ThriftClient): Promise<ReadTransaction> {
  const request: Sent = [
    "struct",
    {
      ...{ 1: ["i32", 1], 2: text(userInfo().username), 3: text(hostname()), 4: text("data-operations-portal") },
      7: ["i32", READ_ONLY],
    },
  ];
  const [id] = result(await client.call("open_txns", { 1: request })).numbers(1);
  if (id === undefined) throw new HiveError("The Hive Metastore opened no transaction.");
  const own: Sent = ["i64", BigInt(id)];
  const beat = () => void client.call("heartbeat", { 1: ["struct", { 2: own }] }).catch(() => undefined);
  const timer = setInterval(beat, HEARTBEAT_EVERY).unref();
  return {
    id,
    async end() {
      clearInterval(timer);
      await client.call("commit_txn", { 1: ["struct", { 1: own }] }).catch(() => undefined);
    },
  };
}
