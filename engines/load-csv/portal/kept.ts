import { createReadStream, existsSync } from "node:fs";
import papaparse from "papaparse";
import { isId } from "../../../core/jobs/id.ts";
import { besideLogFile } from "../../../core/store/layout.ts";
import { besideLogName } from "../../../core/store/names.ts";
import { openServed } from "../../../core/store/served.ts";
import { keptRowsPage } from "../../../views/pages/files/kept.ts";
import { HttpError, type RequestContext, type RouteResult } from "../../portal/page.ts";

const ROWS = 100;

/** The records that a job kept aside, a page at a time: those that it could not take, or that share their key with another. */
export async function keptRows({ portal, parameters, query }: RequestContext): Promise<RouteResult> {
  const { id = "", what = "" } = parameters;
  const kind = what === "bad" || what === "conflicts" ? what : undefined;
  const path = kind && isId(id) ? besideLogFile(portal.layout, id, kind) : undefined;
  if (!kind || !path || !existsSync(path)) throw new HttpError(404, "No records were kept aside by this job.");
  if (query.get("raw") !== null) {
    const file = await openServed(portal.layout, "records", besideLogName(id, kind));
    if (file) return { kind: "file", file, type: "text/csv; charset=utf-8", download: true };
  }
  const from = Math.max(0, Math.trunc(Number(query.get("from") ?? 0)) || 0);
  const { head, rows, more } = await rowsOf(path, from);
  const here = `/jobs/${id}/kept/${what}`;
  return {
    kind: "page",
    title: TITLES[kind],
    here: "/files",
    body: keptRowsPage({ id, title: TITLES[kind], here, head, rows, from, shown: ROWS, more }),
  };
}

const TITLES = {
  bad: "Invalid rows",
  conflicts: "Records that share their key with another one",
};

/** Reads as far as is needed, and no further. */
function rowsOf(path: string, from: number): Promise<{ head: string[]; rows: string[][]; more: boolean }> {
  return new Promise((found, failed) => {
    const all: string[][] = [];
    let at = -1;
    const stream = createReadStream(path, "utf8");
    papaparse.parse<string[]>(stream, {
      skipEmptyLines: true,
      step({ data }, parser) {
        if (at < 0 || at >= from) all.push(data);
        at++;
        if (at > from + ROWS) parser.abort();
      },
      complete() {
        stream.destroy();
        const [head = [], ...rows] = all;
        found({ head, rows: rows.slice(0, ROWS), more: rows.length > ROWS });
      },
      error: failed,
    });
  });
}
