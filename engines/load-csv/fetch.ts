import { closeSync, openSync, writeSync } from "node:fs";
import { quote, sparkLiteral } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { CsvSource } from "../../formats/csv/source.ts";

/** A file that only Spark reaches, as bytes: Spark hands them on line by line and understands none of them. */
export interface RemoteFile {
  bytes: number;
  /** Its first bytes, about so many, and whether these are all. */
  beginning(bytes: number): Promise<Buffer>;
  save(path: string, signal: AbortSignal): Promise<void>;
}

/** Opens such a file. Throws Spark's error where it is not there. */
export async function fileOfSpark(session: Session, { uri }: CsvSource): Promise<RemoteFile> {
  // One task reads it, so that its lines come in their order.
  await session.config.set({ "spark.sql.files.minPartitionNum": "1", "spark.sql.files.maxPartitionBytes": MOST });
  const view = "portal_bytes";
  const options = `path ${sparkLiteral(uri)}, lineSep ${sparkLiteral("\n")}`;
  await session.command(
    `create or replace temporary view ${quote(view)} (value string) using text options (${options})`,
  );
  const [size] = await session.query(
    `select cast(_metadata.file_size as string) as bytes from text.${quote(uri)} limit 1`,
  );
  const all = `select cast(value as binary) as value from ${quote(view)}`;
  return {
    bytes: Number(size?.bytes ?? 0),
    async beginning(most) {
      // Lines are longer than a byte, so there are more of them than that seldom.
      const rows = await session.query(`select value from (${all} limit ${Math.ceil(most / 64)})`);
      return Buffer.concat(rows.flatMap(({ value }) => [value as Uint8Array, LINE_END])).subarray(0, most);
    },
    async save(path, signal) {
      const file = openSync(path, "w", 0o600);
      try {
        await session.query(all, {
          signal,
          onRows(rows) {
            const bytes = Buffer.concat(rows.flatMap(({ value }) => [value as Uint8Array, LINE_END]));
            for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
          },
        });
      } finally {
        closeSync(file);
      }
    },
  };
}

const LINE_END = Buffer.from("\n");
const MOST = String(2 ** 53 - 1);
