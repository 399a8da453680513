import { readJson } from "../../files/json.ts";
import { archivedRecord } from "../../files/layout.ts";
import type { JobRecord } from "../../jobs/record.ts";
import type { PastLoad } from "../../views/pages/files.ts";
import type { Portal } from "../page.ts";

const SHOWN = 40;

/** The loads of the past, the oldest first, with how long each part took, as the archive has it. */
export function pastLoads({ index, layout }: Portal, file?: string): PastLoad[] {
  const rows = index.jobs({ types: ["load-csv"], limit: SHOWN, ...(file && { text: file }) }).rows;
  return rows
    .flatMap(({ id }): PastLoad[] => {
      const path = archivedRecord(layout, id);
      const record = path ? readJson<JobRecord>(path) : undefined;
      const [outcome] = record?.tables ?? [];
      if (!record || !outcome) return [];
      const { upload, ...parts } = outcome.timings ?? {};
      const processing = (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000;
      return [
        {
          ...{ id, at: record.finishedAt, file: outcome.table, table: outcome.target, state: record.status },
          ...{ processing, parts, figures: outcome.figures ?? {} },
          ...(upload !== undefined && { upload }),
          ...(outcome.bytes && { bytes: outcome.bytes }),
        },
      ];
    })
    .toReversed();
}
