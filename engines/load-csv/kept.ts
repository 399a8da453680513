import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import papaparse from "papaparse";
import { servedFile } from "../../files/served.ts";
import { isId } from "../../jobs/id.ts";
import { keptRowsPage } from "../../views/pages/kept.ts";
import { type Answer, Refusal, type Visit } from "../page.ts";

const ROWS = 100;

/** The records that a job kept aside, a page at a time: those that it could not take, or that share their key with another. */
export async function keptPage({ portal, parameters, query }: Visit): Promise<Answer> {
  const { id = "", what = "" } = parameters;
  const title = TITLES[what];
  const path = join(portal.layout.logs, `${id}.${what}.csv`);
  if (!isId(id) || !title || !existsSync(path)) throw new Refusal(404, "No records were kept aside by this job.");
  if (query.get("raw") !== null) {
    const file = await servedFile(portal.layout.logs, `${id}.${what}.csv`, /^[\w-]+\.(bad|conflicts)\.csv$/);
    if (file) return { kind: "file", file, type: "text/csv; charset=utf-8", download: true };
  }
  const from = Math.max(0, Math.trunc(Number(query.get("from") ?? 0)) || 0);
  const { head, rows, more } = await rowsOf(path, from);
  const here = `/jobs/${id}/kept/${what}`;
  return {
    kind: "page",
    title,
    here: "/files",
    body: keptRowsPage({ id, title, here, head, rows, from, shown: ROWS, more }),
  };
}

const TITLES: Readonly<Record<string, string>> = {
  bad: "Records that can't be taken",
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
