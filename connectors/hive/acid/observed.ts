import { FilesDiffer, type FilesRead } from "../../iceberg/files-read.ts";
import type { Session } from "../../spark/session.ts";
import { type AcidRead, eventSchema, ORC_BY_PLACE, type ReadFile } from "./views.ts";

/** What was observed of the files while rows were read through the views, by the name of the observation. */
export type Observations = Readonly<Record<string, Readonly<Record<string, string | null>> | undefined>>;

/** Reads all rows once, where a statement gave no observations of its own. */
export async function observeAgain(
  session: Session,
  name: string,
  { files, deletes, format }: AcidRead,
): Promise<Observations> {
  const odd =
    format === "events" ? (not: number) => `count_if(operation != ${not})` : () => "coalesce(sum(portal_odd), 0)";
  const one = async (part: string, not: number) => {
    const [row] = await session.query(
      `select to_json(collect_set(portal_file)) as files, cast(${odd(not)} as string) as odd from ${name}${part}`,
    );
    return { [`${name}${part}`]: { files: String(row?.files ?? "[]"), odd: String(row?.odd ?? "0") } };
  };
  return {
    ...(files.length > 0 && (await one("_rows", 0))),
    ...(deletes.length > 0 && (await one("_deletes", 2))),
  };
}

/** How many rows were read that are not what the format promises: updates in place of Hive 2, or text that reads in two ways. */
export function oddRows(name: string, observed: Observations): number {
  return Number(observed[`${name}_rows`]?.odd ?? 0) + Number(observed[`${name}_deletes`]?.odd ?? 0);
}

/** Holds the files that rows came from against those that were chosen. Throws a FilesDiffer where one was not read. */
export async function checkAcidFiles(
  session: Session,
  name: string,
  read: AcidRead,
  observed: Observations,
): Promise<FilesRead> {
  const all = [...read.files, ...read.deletes];
  const readFiles = new Set(
    ["_rows", "_deletes"]
      .flatMap(part => JSON.parse(observed[`${name}${part}`]?.files ?? "[]") as (number | string)[])
      .map(Number),
  );
  if (readFiles.has(-1))
    throw new FilesDiffer(
      "Spark calls a file by another name than it was listed under, so nobody knows whether all were read.",
    );
  const unread = all.filter((_, id) => !readFiles.has(id));
  const filled = await filledFiles(session, read, unread);
  if (filled.length > 0) {
    const more = filled.length > 5 ? ` and ${filled.length - 5} more` : "";
    throw new FilesDiffer(`Hive would read files that Spark did not read: ${filled.slice(0, 5).join(", ")}${more}.`);
  }
  return { listed: all.length, read: readFiles.size, empty: unread.length };
}

async function filledFiles(session: Session, read: AcidRead, unread: readonly ReadFile[]): Promise<string[]> {
  const isEvent = (file: ReadFile) => read.format === "events" && !file.rows;
  const found: string[] = [];
  for (const files of [unread.filter(isEvent), unread.filter(file => !isEvent(file))]) {
    const [first] = files;
    if (!first) continue;
    const format = read.format === "events" ? "orc" : read.format;
    const rows = await session.queryFiles("select distinct file from files", {
      ...{ format, paths: files.map(({ path }) => path), select: ["_metadata.file_path as file"] },
      ...(isEvent(first) && { schema: eventSchema(read.columns), options: ORC_BY_PLACE }),
    });
    found.push(...rows.map(row => String(row.file)));
  }
  return found;
}
