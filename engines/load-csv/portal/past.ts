import { readRecord } from "../../../core/audit/records.ts";
import { archivedRecord } from "../../../core/store/layout.ts";
import type { PastLoad } from "../../../views/pages/files/files.ts";
import type { Portal } from "../../portal/page.ts";

const SHOWN = 40;

/** The loads of the past, the oldest first, with how long each part took, as the archive has it. */
export function pastLoads({ index, layout }: Portal, file?: string): PastLoad[] {
  const rows = index.jobs({ type: "load-csv", limit: SHOWN, ...(file && { text: file }) }).rows;
  return rows
    .flatMap(({ id }): PastLoad[] => {
      const path = archivedRecord(layout, id);
      const record = path ? readRecord(path) : undefined;
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
