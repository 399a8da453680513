import { LRUCache } from "lru-cache";
import { type TableName, tableNameOf } from "../../../connectors/iceberg/names.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { SettingsError } from "../../../core/settings.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { HttpError, type Portal, type RequestContext } from "../../portal/page.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import { browse } from "../browse.ts";
import type { EditRows } from "../parameters.ts";
import type { Browsed } from "./facts.ts";

const caches = new WeakMap<Portal, LRUCache<string, Browsed>>();

/** What is known of a table; refused, in a sentence, where nothing can be. */
export async function browsedTable({ portal }: Pick<RequestContext, "portal">, name: TableName): Promise<Browsed> {
  const found = await browse(portal, name).catch(error => {
    if (error instanceof HttpError) throw error;
    const { message, hint } = jobErrorOf(error);
    // A setting that is missing, or a name that nobody has, will not be there at the next look either.
    throw new HttpError(error instanceof SettingsError && /^There is no/.test(message) ? 404 : 503, message, hint);
  });
  if (found) {
    const cache = caches.get(portal) ?? new LRUCache({ max: 200 });
    caches.set(portal, cache.set(JSON.stringify(name), found));
    return found;
  }
  throw new HttpError(
    404,
    `There is no table ${name.catalog}.${name.namespace}.${name.table}.`,
    "Somebody dropped it, or it never was.",
  );
}

/** What was known of a table when it was last looked at: for a page that must not lose what somebody typed. */
export function lastBrowsed(portal: Portal, name: TableName): Browsed | undefined {
  return caches.get(portal)?.get(JSON.stringify(name));
}

/** The table that an address names. */
export function nameIn({
  parameters: { catalog = "", namespace = "", table = "" },
}: Pick<RequestContext, "parameters">): TableName {
  return { catalog, namespace, table };
}

/** The edit that a job does or did to the table of this page; nothing for a job of another table or type. */
export function findEdit(
  request: RequestContext,
  id: string,
): { parameters: EditRows; record?: JobRecord } | undefined {
  const found = findJob(request.portal.layout, id);
  if (!found) return undefined;
  const { type, parameters } = found.state === "ended" ? found.record : (found.file ?? {});
  const edit = parameters as EditRows | undefined;
  if (type !== "edit-rows" || edit?.table !== tableNameOf(nameIn(request))) return undefined;
  return { parameters: edit, ...(found.state === "ended" && { record: found.record }) };
}
