import type { BlobFolder } from "../../../connectors/azure/blob-folder.ts";
import { liveFiles, manifests } from "../../../connectors/iceberg/history/files.ts";
import { parseMetadata, type TableMetadata } from "../../../connectors/iceberg/history/metadata-json.ts";
import {
  DROPPED_AND_REGISTERED,
  renameTable,
  type Switched,
  switchTable,
} from "../../../connectors/iceberg/history/switch.ts";
import { metadataFile, metadataLog } from "../../../connectors/iceberg/iceberg.ts";
import type { TableName } from "../../../connectors/iceberg/names.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { failpoint } from "../../../core/system/failpoint.ts";
import type { Step, StepContext } from "../../engine.ts";
import { StepFailed } from "../../engine.ts";
import type { MigrateIceberg } from "../parameters.ts";
import { changeMarker, nameOfFile, removeExpired } from "./marker.ts";
import type { History } from "./plan.ts";

/** What the target stood on before, and its snapshots. */
export interface PublishedState {
  file: string;
  snapshots: ReadonlySet<string>;
}

/** A copy that is whole and proven, under a name that nobody looks at. */
export interface Proven {
  file: string;
  hidden: TableName;
  metadata: TableMetadata;
  /** The files that it names. */
  names: ReadonlySet<string>;
  standing?: PublishedState;
}

/** Lets the target stand on a proven copy, in one step. Throws, and changes nothing, where somebody else was faster. */
export async function publishCopy(
  session: Session,
  folder: BlobFolder,
  step: Step<History>,
  context: StepContext<MigrateIceberg>,
  proven: Proven,
): Promise<{ removed?: number; notes: string[] }> {
  const { file, metadata, standing } = proven;
  const name = nameOfFile(file);
  const isExpiring = context.job.parameters.expire && standing && step.detail.history === "sync";
  const names = isExpiring ? await expiredFiles(session, folder, step.detail, proven) : [];
  // Before the switch: a job that dies right after it must know the state as its own.
  await changeMarker(folder, now => {
    const known = now?.source === step.table && now.uuid === metadata.uuid ? now.files : [];
    return {
      ...{ source: step.table, uuid: metadata.uuid },
      files: [...new Set([...known, name])],
      ...(names.length > 0 && { expired: { after: name, names } }),
    };
  });
  failpoint("history marked");
  const how = await letStand(session, step, context, proven);
  failpoint("history switched");
  const removed = await removeExpired(folder, name, context.signal);
  return {
    ...(removed !== undefined && { removed }),
    notes: [
      ...(how === "dropped and registered" ? [DROPPED_AND_REGISTERED] : []),
      ...(standing ? ["readers that cache the catalog see the new state within 30 s, or after REFRESH TABLE"] : []),
    ],
  };
}

async function letStand(
  session: Session,
  { target: name, detail }: Step<History>,
  { settings }: StepContext<MigrateIceberg>,
  { file, hidden, standing }: Proven,
): Promise<Switched> {
  if (standing) {
    const how = await switchTable(session, settings, detail.target, { from: standing.file, to: file });
    if (how !== "overtaken") return how;
  } else {
    try {
      await renameTable(session, hidden, detail.target.table);
      return "at once";
    } catch (error) {
      if (
        !(error instanceof SparkError) ||
        !/ALREADY_EXISTS|already exists/i.test(`${error.errorClass} ${error.message}`)
      )
        throw error;
    }
  }
  // Another sync may have brought the very same state.
  if ((await metadataFile(session, detail.target)) === file) return "at once";
  throw new StepFailed({
    message: `${name} was written by somebody else while its copy was made, so it was left as it is.`,
    hint: "Run the job again.",
  });
}

// What the target names and the copy does not any more. Only what its own metadata named is ever removed, never what lies there.
async function expiredFiles(
  session: Session,
  folder: BlobFolder,
  { target, location }: History,
  { names, standing }: Proven,
): Promise<string[]> {
  const [live, lists, log, kept] = await Promise.all([
    liveFiles(session, target),
    manifests(session, target),
    metadataLog(session, target),
    folder.text(`metadata/${nameOfFile(standing?.file ?? "")}`),
  ]);
  const before = kept ? parseMetadata(Buffer.from(kept.text)) : undefined;
  const files = [
    ...[...live, ...lists, ...log, ...(before?.statistics ?? [])].map(({ file }) => file),
    ...(before?.manifestLists ?? []),
  ];
  const below = files.flatMap(one => (one.startsWith(`${location}/`) ? [one.slice(location.length + 1)] : []));
  return [...new Set(below)].filter(one => !names.has(one));
}
