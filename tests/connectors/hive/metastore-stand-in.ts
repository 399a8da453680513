import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import {
  type Fields,
  type Message,
  messageBytes,
  messageReader,
  type Sent,
} from "../../../connectors/hive/metastore/codec.ts";
import type { ValidIds } from "../../../connectors/hive/metastore/metastore.ts";

/** The tables that a real Hive 4.0.1 made, and what it answered. */
export const FIXTURES = join(import.meta.dirname, "..", "..", "fixtures", "transactional");

/** One of these tables, as `answers.json` has it. Rows are sorted, with tabs between the values. */
export interface Answer {
  columns: [name: string, type: string][];
  partitionColumns: string[];
  partitions: string[];
  location: string;
  properties: Record<string, string>;
  format: string;
  writeIds: ValidIds;
  rows: string[];
  count: number;
}

/** Hive's answers, by table. */
export const answers = JSON.parse(readFileSync(join(FIXTURES, "answers.json"), "utf8")) as {
  txns: ValidIds;
  tables: Record<string, Answer>;
};

/** What the stand-in may be told: other answers, and calls that it refuses. */
export interface StandIn {
  uri: string;
  /** The calls that were made, in order. */
  calls: string[];
  /** The capabilities and the name of the client that last asked for a table. */
  client?: { capabilities: string[]; name: string | undefined };
  /** Ids of transactions that are open for reading. */
  reading: Set<number>;
  tables: Record<string, Answer & { hidden?: string[] }>;
  txns: ValidIds;
  refused: Set<string>;
}

/**
 * Stands before the laptop's metastore, which is of Hive 2.3 and knows no transactions: what `answers.json` says of its tables is
 * answered as Hive 4 does, with files in `folder`, all else by the laptop's.
 */
export async function startMetastore(
  t: { after(end: () => Promise<void>): void },
  folder: string,
  laptop: string,
): Promise<StandIn> {
  const { txns, tables } = structuredClone(answers);
  const standIn: StandIn = { uri: "", calls: [], reading: new Set(), tables, txns, refused: new Set() };
  const sockets = new Set<Socket>();
  const { hostname, port } = new URL(laptop);
  const server = createServer(socket => {
    const behind = connect({ host: hostname, port: Number(port) });
    behind.on("data", data => socket.write(data));
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      sockets.add(one);
      one.on("error", () => one.destroy());
      one.on("close", () => other.destroy());
    }
    // A client waits for an answer before it asks again, so what has come is one message.
    const received: Buffer[] = [];
    const read = messageReader(message => {
      const bytes = Buffer.concat(received.splice(0));
      const answer = answerTo(standIn, folder, message);
      if (answer) socket.write(answer);
      else behind.write(bytes);
    });
    socket.on("data", data => {
      received.push(data);
      read(data);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  standIn.uri = `thrift://127.0.0.1:${typeof address === "object" && address?.port}`;
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return standIn;
}

const [REPLY, EXCEPTION] = [2, 3];
const text = (value: string): Sent => ["string", value];

function answerTo(standIn: StandIn, folder: string, { name, sequence, body }: Message): Buffer | undefined {
  const call = CALLS[name];
  if (!call || isLaptops(standIn, name, body)) return undefined;
  standIn.calls.push(name);
  if (standIn.refused.has(name)) {
    const unknown: Fields = { 1: text(`Invalid method name: '${name}'`), 2: ["i32", 1] };
    return messageBytes({ name, sequence, type: EXCEPTION }, unknown);
  }
  return messageBytes({ name, sequence, type: REPLY }, call(standIn, body, folder));
}

function isLaptops({ tables }: StandIn, name: string, body: Body): boolean {
  if (!/^get_(table|partition)/.test(name)) return false;
  const of = body.struct(1) ?? body;
  return tables[of.text(2) ?? ""] === undefined || of.text(1)?.endsWith("_iceberg") === true;
}

type Body = Message["body"];

const CALLS: Record<string, (standIn: StandIn, body: Body, folder: string) => Fields> = {
  get_table_req: (standIn, body, folder) => {
    const { tables } = standIn;
    const request = body.struct(1);
    standIn.client = { capabilities: request?.texts(8) ?? [], name: request?.text(9) };
    const table = tables[request?.text(2) ?? ""];
    if (!table) return { 2: ["struct", { 1: text("table not found") }] };
    return { 0: ["struct", { 1: ["struct", tableStruct(table, request, folder)] }] };
  },
  // What a plain client calls; what it answers is the message of Cloudera's translation.
  get_table: () => ({ 1: ["struct", { 1: text("Processor has no capabilities, cannot access table") }] }),
  get_partition_names: ({ tables }, body) => ({
    0: ["list", (tables[body.text(2) ?? ""]?.partitions ?? []).map(text)],
  }),
  get_partitions_by_names: ({ tables }, body, folder) => {
    const table = tables[body.text(2) ?? ""];
    return { 0: ["list", body.texts(3).map((name): Sent => ["struct", partitionStruct(table, name, folder)])] };
  },
  get_open_txns: ({ txns }) => ({ 0: ["struct", { 1: ["i64", BigInt(txns.high)], ...invalid(txns, 2, 4) }] }),
  get_valid_write_ids: ({ tables }, body) => {
    const of = body.struct(1)?.texts(1) ?? [];
    const list = of.map((name): Sent => {
      const { high, open, aborted } = tables[name.slice(name.indexOf(".") + 1)]?.writeIds ?? NONE;
      return ["struct", { 1: text(name), 2: ["i64", BigInt(high)], ...invalid({ high, open, aborted }, 3, 5) }];
    });
    return { 0: ["struct", { 1: ["list", list] }] };
  },
  open_txns: ({ reading, txns }, body) => {
    if (body.struct(1)?.number(7) !== 2)
      return { 1: ["struct", { 1: text("only transactions that read are expected") }] };
    const id = txns.high + 1 + reading.size;
    reading.add(id);
    return { 0: ["struct", { 1: ["list", [["i64", BigInt(id)]]] }] };
  },
  heartbeat: () => ({}),
  commit_txn: ({ reading }, body) => {
    reading.delete(body.struct(1)?.number(1) ?? 0);
    return {};
  },
};

const NONE: ValidIds = { high: 0, open: [], aborted: [] };

// All ids that are not valid in one list, and a bit for each that is aborted.
function invalid({ open, aborted }: ValidIds, ids: number, bits: number): Fields {
  const all = [...open, ...aborted].toSorted((a, b) => a - b);
  const bytes = Buffer.alloc(Math.ceil(all.length / 8));
  for (const [i, id] of all.entries()) if (aborted.includes(id)) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
  return { [ids]: ["list", all.map((id): Sent => ["i64", BigInt(id)])], [bits]: ["string", bytes] };
}

function tableStruct(table: StandIn["tables"][string], request: Body | undefined, folder: string): Fields {
  const isPartition = (name: string) => table.partitionColumns.includes(name);
  const columns = (partition: boolean): Sent => [
    "list",
    table.columns
      .filter(([name]) => isPartition(name) === partition)
      .map(([name, type]): Sent => ["struct", { 1: text(name), 2: text(type) }]),
  ];
  const kind = /orc/i.test(table.format)
    ? "orc.OrcSerde"
    : /parquet/i.test(table.format)
      ? "parquet.serde.ParquetHiveSerDe"
      : "";
  const serde = kind ? `org.apache.hadoop.hive.ql.io.${kind}` : "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
  const properties: Record<string, string> = kind ? {} : { "field.delim": "|" };
  return {
    1: request?.has(2) ? text(request.text(2) ?? "") : undefined,
    2: request?.has(1) ? text(request.text(1) ?? "") : undefined,
    4: ["i32", 1_795_000_000],
    7: [
      "struct",
      {
        1: columns(false),
        2: text(`file:${join(folder, table.location)}`),
        3: text(table.format),
        6: ["i32", -1],
        7: ["struct", { 2: text(serde), 3: ["map", properties] }],
        8: ["list", []],
      },
    ],
    8: columns(true),
    9: ["map", table.properties],
    12: text("MANAGED_TABLE"),
    ...(table.hidden && { 22: ["i8", 1] as const, 23: ["list", table.hidden.map(text)] as const }),
  };
}

function partitionStruct(table: Answer | undefined, name: string, folder: string): Fields {
  const values = name.split("/").map(part => decodeURIComponent(part.slice(part.indexOf("=") + 1)));
  const location = `file:${join(folder, table?.location ?? "", name)}`;
  return { 1: ["list", values.map(text)], 6: ["struct", { 2: text(location) }] };
}
