import { join } from "node:path";
import { isId } from "../../../core/jobs/id.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import type { Portal, RequestContext, Route, RouteResult } from "../../../engines/portal/page.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import { listUploads } from "../../../formats/csv/uploads.ts";
import { type SearchHit, searchPage } from "../../../views/pages/home/search.ts";
import type { AppContext } from "../../context.ts";
import { navigationFor } from "../../state/navigation.ts";
import { READ_ONLY_TYPES } from "../../state/portal-status.ts";
import { endedLine, queuedLine, runningLine } from "../jobs/lines.ts";

const MOST = 8;
// Every database is asked for its names, so that a table is found that no job has touched: not where they are many.
const NAMESPACES = 30;

/** One search over pages, jobs, tables and files; Ctrl+K opens it over any page. */
export function searchRoutes(context: AppContext): Route[] {
  return [{ method: "get", path: "/search", role: "viewer", answer: request => search(request, context) }];
}

async function search(request: RequestContext, context: AppContext): Promise<RouteResult> {
  const text = (request.query.get("text") ?? "").trim();
  const groups = [
    { name: "Pages", found: pagesLike(request, context, text) },
    ...(text
      ? [
          { name: "Jobs", found: jobsLike(request, context, text) },
          { name: "Tables", found: await tablesLike(request.portal, text) },
          { name: "Files", found: filesLike(request.portal, text) },
        ]
      : []),
  ].filter(({ found }) => found.length > 0);
  return { kind: "page", title: "Search", body: searchPage({ text, groups, now: request.now }), here: "/search" };
}

function pagesLike({ person }: RequestContext, { portalStatus, pages }: AppContext, text: string): SearchHit[] {
  const { sections } = navigationFor(person, "", portalStatus(), pages);
  const all = sections.flatMap(({ links }) => links.map(({ name, href }) => ({ name, href })));
  return [...all, { name: "Account", href: "/account" }].filter(({ name }) => isLike(name, text));
}

function jobsLike({ portal }: RequestContext, { portalStatus }: AppContext, text: string): SearchHit[] {
  const exact = isId(text) ? findJob(portal.layout, text) : undefined;
  const { running, queued } = portalStatus();
  const open = [...running.map(job => runningLine(portal.layout, job)), ...queued.map(queuedLine)].filter(
    ({ id, title, detail }) => isLike(`${id} ${title} ${detail}`, text),
  );
  const ended = portal.index.jobs({ text, notTypes: READ_ONLY_TYPES, limit: MOST }).rows.map(endedLine);
  const lines = [...open, ...ended].flatMap(line =>
    line.id
      ? [{ name: line.title, href: `/jobs/${line.id}`, remark: line.detail, state: line.state, at: line.at }]
      : [],
  );
  const isListed = lines.some(({ href }) => href === `/jobs/${text}`);
  const exactRecord = exact && exact.state === "ended" && !isListed ? exact.record : undefined;
  const first = exactRecord
    ? [
        {
          name: titleOf(exactRecord.type, exactRecord.parameters),
          href: `/jobs/${exactRecord.id}`,
          state: exactRecord.status,
          at: exactRecord.finishedAt,
        },
      ]
    : [];
  return [...first, ...lines].slice(0, MOST);
}

async function tablesLike(portal: Portal, text: string): Promise<SearchHit[]> {
  const touched = portal.index.tables({ table: text, limit: 200 }).rows.flatMap(({ table, target }) => [table, target]);
  const known = await Promise.all(["hive", "lake"].map(catalog => namesIn(portal, catalog)));
  const names = new Set([...touched, ...known.flat()].filter(name => isLike(name, text)));
  return [...names]
    .flatMap(name => {
      const [catalog = "", namespace = "", ...rest] = name.split(".");
      if (rest.length === 0 || !["hive", "lake", "azure"].includes(catalog)) return [];
      return [{ name, href: `/tables/${[catalog, namespace, rest.join(".")].map(encodeURIComponent).join("/")}` }];
    })
    .slice(0, MOST);
}

// What Spark has told lately: a search never waits for more than that.
async function namesIn({ metadata }: Portal, catalog: string): Promise<string[]> {
  if (!metadata.state().ready) return [];
  const { items } = await metadata.namespaces(catalog);
  if (items.length > NAMESPACES) return [];
  const lists = await Promise.all(
    items.map(async namespace => ({ namespace, ...(await metadata.names(catalog, namespace)) })),
  );
  return lists.flatMap(({ namespace, items: names }) => names.map(name => `${catalog}.${namespace}.${name}`));
}

function filesLike({ layout }: Portal, text: string): SearchHit[] {
  return listUploads(layout.root)
    .filter(({ name }) => isLike(name, text))
    .slice(0, MOST)
    .map(({ name, at }) => ({ name, href: join("/files", encodeURIComponent(name)), at }));
}

function isLike(name: string, text: string): boolean {
  const folded = name.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every(part => folded.includes(part));
}
