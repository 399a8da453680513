import { blobFolder } from "../../../connectors/azure/blob-folder.ts";
import { filledCatalog } from "../../../connectors/iceberg/catalogs.ts";
import { historySize, icebergVersion } from "../../../connectors/iceberg/history/files.ts";
import { describeIceberg, metadataLog, placeOf } from "../../../connectors/iceberg/iceberg.ts";
import { locationOfNamespace } from "../../../connectors/iceberg/in-place.ts";
import { type TableName, tableNameOf } from "../../../connectors/iceberg/names.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { tableFiles } from "../../../connectors/table-files/read.ts";
import type { JobError } from "../../../core/jobs/outcome.ts";
import { type Settings, SettingsError } from "../../../core/settings.ts";
import { counted, size as inWords } from "../../../views/format/figures.ts";
import type { PlanContext, Step } from "../../engine.ts";
import { executorsRefusal } from "../executors/source.ts";
import type { MigrateIceberg } from "../parameters.ts";
import { alreadyThere, blockerOf, missingLogFile } from "./blockers.ts";
import { isNamedOnce, nameOfFile, readMarker } from "./marker.ts";
import { ownership } from "./ownership.ts";

/** What a step needs that copies the whole history of one table. */
export interface History {
  /** What tells it from a step that copies rows. */
  history: "create" | "sync" | "replace" | "nothing new";
  source: TableName;
  target: TableName;
  /** Where the source lies, as its files' paths begin. */
  sourceLocation: string;
  /** Where the copy lies, `abfss://…`. */
  location: string;
  /** A snapshot that must be in it, where a job before proved that one. */
  snapshot?: string;
  /** What the copy stands on, where nothing is new. */
  standing?: { file: string; snapshot: string | undefined };
}

/** One table whose history is to be copied. `needIceberg` is asked where anything has to be copied. */
export interface WantedHistory extends Pick<History, "source" | "target" | "snapshot"> {
  needIceberg(): Promise<void>;
}

const NEEDED = [1, 12] as const;

/** Throws where Spark's Iceberg writes a table's metadata anew with lengths that are wrong: no reader can read its delete files. */
export async function needNewIceberg(session: Session, catalog: string): Promise<void> {
  const version = await icebergVersion(session, catalog);
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  throw new SettingsError(
    `"history": "all" needs Iceberg ${NEEDED.join(".")} or newer in Spark, which has ${version}: older ones note wrong lengths of ` +
      'delete files in a copy. Give Spark 4.1 a newer iceberg-spark-runtime (for 4.0 there is none), or use "history": "current".',
  );
}

/** Looks at one table and at what stands under its name at the target, and says what will be copied, or why not. */
export async function planHistory(
  session: Session,
  { settings, job }: PlanContext<MigrateIceberg>,
  { source, target, snapshot, needIceberg }: WantedHistory,
): Promise<Step<History>> {
  const step = { table: tableNameOf(source), target: tableNameOf(target) };
  const refused = (error: JobError, outcome?: "skipped") => refusedHistory({ source, target }, error, outcome);
  const { ifExists } = job.parameters;
  const detail = (history: History["history"], sourceLocation: string, location: string): History => {
    return { history, source, target, sourceLocation, location, ...(snapshot && { snapshot }) };
  };
  const [log, standing] = await Promise.all([logOf(session, source), logOf(session, target)]);
  const [newest] = log ?? [];
  const [now] = standing ?? [];
  // By the names of the metadata files alone: a nightly sync without news asks for nothing else.
  const mayMove = ifExists !== "skip" && ifExists !== "fail";
  if (mayMove && newest && now && isSameFile(newest.file, now.file)) {
    const [from, to] = [newest, now].map(({ file }) => file.slice(0, file.lastIndexOf("/metadata/"))) as [
      string,
      string,
    ];
    const none = { ...detail("nothing new", from, to), standing: now };
    return { ...step, action: "sync", why: NOTHING_NEW, detail: none };
  }
  await needIceberg();
  const [iceberg, existing] = await Promise.all([describeIceberg(session, source), describeIceberg(session, target)]);
  if (!iceberg)
    return refused({
      message: `There is no Iceberg table ${step.table}.`,
      hint: `List what is there with: show tables in ${source.catalog}.${source.namespace}`,
    });
  if (iceberg.view)
    return refused({
      message: `${step.table} is a view, which has no history.`,
      hint: 'Use "history": "current": the rows that it gives now become a table.',
    });
  if (existing?.view) return refused({ message: `${step.target} is a view.`, hint: "Choose another namespace." });
  const from = (await placeOf(session, source)).location;
  const location = existing ? (await placeOf(session, target)).location : await locationOf(session, target, settings);
  const folder = location === undefined ? undefined : await blobFolder(location, settings);
  if (location === undefined || !folder) return refused(notOnAzure(step.target, target, location));
  const how = existing
    ? ownership(step, ifExists, { existing, file: now?.file ?? "", ...(await readMarker(folder)) })
    : { history: "create" as const, why: "the target is not there yet" };
  if ("error" in how) return refused(how.error, how.outcome === "skipped" ? "skipped" : undefined);
  const on = job.parameters.copy?.on ?? "gateway";
  const unread = on === "executors" ? executorsRefusal(from, settings) : undefined;
  if (unread) return refused(unread);
  const [size, gone, present] = await Promise.all([
    historySize(session, source, from),
    missingLogFile(session, from, log ?? []),
    folder.list(),
  ]);
  const blocker = blockerOf({ name: step.table, iceberg, location: from, size, gone });
  if (blocker) return refused(blocker);
  const already = await alreadyThere(session, source, from, present);
  const what = `${counted(size.snapshots, "snapshot")}, ${counted(size.files, "file")}, ${inWords(size.bytes)}`;
  const there = already.files > 0 ? `, of which ${already.files} (${inWords(already.bytes)}) are there already` : "";
  const by = on === "executors" ? "Spark's executors" : tableFiles(from, session, settings).by;
  return {
    ...{ ...step, action: how.history, bytes: size.bytes, detail: detail(how.history, from, location) },
    why: `${what}${there}; ${how.why}; read through ${by}`,
  };
}

/** The step of a table that is not to be touched. */
export function refusedHistory(
  { source, target }: Pick<History, "source" | "target">,
  error: JobError,
  outcome: "failed" | "skipped" = "failed",
): Step<History> {
  return {
    ...{ table: tableNameOf(source), target: tableNameOf(target), action: outcome === "skipped" ? "skip" : "refuse" },
    ...{ why: error.message, ended: { outcome, error } },
    detail: { history: "nothing new", source, target, sourceLocation: "", location: "" },
  };
}

/** What is said of a table whose copy stands where the source does. */
export const NOTHING_NEW = "nothing new: the copy stands on the source's newest metadata file";

function isSameFile(one: string, other: string): boolean {
  return nameOfFile(one) === nameOfFile(other) && isNamedOnce(nameOfFile(one));
}

async function logOf(session: Session, table: TableName) {
  try {
    return await metadataLog(session, table);
  } catch (error) {
    if (error instanceof SparkError && error.errorClass === "TABLE_OR_VIEW_NOT_FOUND") return undefined;
    throw error;
  }
}

// Where the catalog itself would put it; a copy is written before its catalog knows of it. A REST catalog has a name for its
// warehouse, and says of a namespace where that lies.
async function locationOf(session: Session, target: TableName, settings: Settings): Promise<string | undefined> {
  const { catalog, namespace, table } = target;
  const { type, warehouse = "" } = filledCatalog(catalog, settings) ?? {};
  const base = type === "rest" ? await namespaceLocation(session, target) : warehouse && `${warehouse}/${namespace}`;
  return base ? `${base.replace(/(?<!:)\/+/g, "/").replace(/\/$/, "")}/${table}` : undefined;
}

async function namespaceLocation(session: Session, target: TableName): Promise<string | undefined> {
  return await locationOfNamespace(session, target).catch(error => {
    if (error instanceof SparkError && /SCHEMA_NOT_FOUND|NoSuchNamespace/.test(`${error.errorClass} ${error.message}`))
      return undefined;
    throw error;
  });
}

function notOnAzure(name: string, { catalog, namespace }: TableName, location: string | undefined): JobError {
  if (location === undefined)
    return {
      message: `A history is copied to Azure, and nothing says where ${name} would lie.`,
      hint: `Make the namespace first, with a location there: create namespace ${catalog}.${namespace} location 'abfss://…'`,
    };
  return {
    message: `A history is copied to Azure, and ${name} lies elsewhere: ${location}.`,
    hint: 'Name a catalog whose warehouse is abfss://…, or use "history": "current".',
  };
}
