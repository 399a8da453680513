import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { NamedFile } from "./files.ts";

const id = z.string();
const statistics = z.array(z.object({ "statistics-path": z.string(), "file-size-in-bytes": z.string() })).default([]);
const shape = z.object({
  "table-uuid": z.string(),
  "current-snapshot-id": id.nullish(),
  snapshots: z
    .array(z.object({ "snapshot-id": id, "timestamp-ms": z.string(), "manifest-list": z.string().optional() }))
    .default([]),
  refs: z.record(z.string(), z.object({ "snapshot-id": id, type: z.string() })).default({}),
  statistics,
  "partition-statistics": statistics,
});

/** What a metadata file of a table says, as far as a copy of its history is held against it. */
export interface TableMetadata {
  uuid: string;
  current?: string;
  /** The oldest first. */
  snapshots: string[];
  manifestLists: string[];
  refs: { name: string; type: string; snapshot: string }[];
  /** Statistics files, of which no metadata table knows. */
  statistics: NamedFile[];
}

/** Reads a metadata file. Snapshot ids have more digits than a number holds, so that numbers stay texts. */
export function parseMetadata(content: Buffer): TableMetadata {
  const text = content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content;
  const exact = (_key: string, value: unknown, { source }: { source?: string } = {}) =>
    typeof value === "number" ? (source ?? String(value)) : value;
  const metadata = shape.parse(JSON.parse(text.toString(), exact));
  const current = metadata["current-snapshot-id"];
  const byAge = metadata.snapshots.toSorted((a, b) => Number(a["timestamp-ms"]) - Number(b["timestamp-ms"]));
  return {
    uuid: metadata["table-uuid"],
    ...(current && current !== "-1" && { current }),
    snapshots: byAge.map(snapshot => snapshot["snapshot-id"]),
    manifestLists: byAge.flatMap(snapshot => snapshot["manifest-list"] ?? []),
    refs: Object.entries(metadata.refs).map(([name, ref]) => ({ name, type: ref.type, snapshot: ref["snapshot-id"] })),
    statistics: [...metadata.statistics, ...metadata["partition-statistics"]].map(one => ({
      file: one["statistics-path"],
      bytes: Number(one["file-size-in-bytes"]),
    })),
  };
}
