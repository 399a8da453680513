import type { JobFile } from "../../../core/jobs/envelope.ts";
import type { Lineage, Station } from "../../../core/stations/lineage.ts";
import { catalogOf, namespaceOf, tableOf } from "../../../core/stations/names.ts";
import type { EstimatedTable } from "../../../engines/portal/estimates.ts";

/** A job that brings tables up to date, and the tables of the board that it is for. */
export interface CatchUpJob {
  job: JobFile;
  /** The last stations of the lineages that it brings up to date. */
  tables: string[];
  /** What is copied, by the job and by each of its follow-ups: sizes are those of the sources, where they are known. */
  copies: EstimatedTable[][];
}

/** The jobs that bring some lineages up to date, and those for which there is none, with the reason. */
export interface CatchUp {
  jobs: CatchUpJob[];
  left: { table: string; why: string }[];
}

/** What is known of earlier jobs: the parameters of one, and the lineage of another table that a new one is to follow. */
export interface Earlier {
  parameters(job: string): Readonly<Record<string, unknown>> | undefined;
  model(lineage: Lineage): Lineage | undefined;
}

interface Hop {
  from: string;
  to: string;
  by?: string;
}

type Move = { type: string; parameters: Record<string, unknown> };

/**
 * The jobs that bring lineages up to date: from the first station that is behind on to the last, as they were copied before.
 * Tables that go the same way share a job. What is only unproven is compared, and not copied again.
 */
export function catchUp(lineages: readonly Lineage[], earlier: Earlier): CatchUp {
  const jobs = new Map<string, CatchUpJob & { names: string[] }>();
  const left: CatchUp["left"] = [];
  for (const lineage of lineages) {
    const found = jobFor(lineage, earlier);
    if (typeof found === "string") {
      left.push({ table: lineage.last, why: found });
      continue;
    }
    const key = JSON.stringify(found.job);
    const group = jobs.get(key) ?? { job: found.job, tables: [], names: [], copies: found.copies.map(() => []) };
    jobs.set(key, group);
    group.tables.push(lineage.last);
    for (const [i, copy] of found.copies.entries()) group.copies[i]?.push(copy);
    if (found.table !== undefined && !group.names.includes(found.table)) group.names.push(found.table);
  }
  return {
    jobs: [...jobs.values()].map(({ names, job, ...rest }) => ({ job: withTables(job, names), ...rest })),
    left,
  };
}

function withTables(job: JobFile, names: readonly string[]): JobFile {
  return names.length === 0 ? job : { ...job, parameters: { ...job.parameters, tables: names } };
}

// The job without its tables, and the table's name in it; or why there is none.
function jobFor(
  lineage: Lineage,
  earlier: Earlier,
): { job: JobFile; table?: string; copies: EstimatedTable[] } | string {
  const { stations } = lineage;
  if (lineage.state === "current") return "It is up to date.";
  const hops = hopsOf(lineage, earlier);
  if (hops.length === 0) return "Nobody has said yet where it is to go: ingest or migrate it once.";
  const first = hops.findIndex(hop => needsCopy(stationOf(stations, hop.to)));
  if (first >= 0) {
    const rest = hops.slice(first);
    const from = rest[0]!.from;
    if (isGone(stationOf(stations, from))) return `${from} is gone, so there is nothing to copy.`;
    const [move, ...then] = rest.map(hop => moveOf(hop, earlier));
    const follows = then.map(({ type, parameters }) => ({ type, parameters: differing(parameters) }));
    const { bytes } = stationOf(stations, from) ?? {};
    const copies = rest.map(({ from: table, to: target }) => ({
      table,
      target,
      ...(bytes !== undefined && { bytes }),
    }));
    return { job: { ...move!, ...(follows.length > 0 && { then: follows }) }, table: tableOf(from), copies };
  }
  const unproven = hops.find(hop => stationOf(stations, hop.to)?.state === "unproven");
  if (!unproven) return "Its source is gone; what was copied stands as it is.";
  if (isGone(stationOf(stations, unproven.from)))
    return `${unproven.from} is gone, so there is nothing to compare with.`;
  const { from: left, to: right } = unproven;
  return { job: { type: "compare-tables", parameters: { left, right } }, copies: [{ table: left, target: right }] };
}

// The hops that were made, and those that failed before they arrived; of a new table those of another one beside it.
function hopsOf(lineage: Lineage, earlier: Earlier): Hop[] {
  const made = lineage.stations.slice(1).map((to, i): Hop => hop(lineage.stations[i]!.name, to));
  const last = lineage.stations.at(-1)!;
  const failed = last.failedNext && { from: last.name, to: last.failedNext.target, by: last.failedNext.job };
  if (failed) return [...made, failed];
  if (made.length > 0) return made;
  const model = earlier.model(lineage);
  const name = tableOf(lineage.name);
  const renamed = (station: string) =>
    `${namespaceOf(station)}.${catalogOf(station) === "snowflake" ? name.toUpperCase() : name}`;
  if (model)
    return model.stations
      .slice(1)
      .map((to, i) => ({ ...hop(renamed(model.stations[i]!.name), to), to: renamed(to.name) }));
  if (catalogOf(lineage.name) !== "hive") return [];
  return [{ from: lineage.name, to: `lake.${namespaceOf(lineage.name).slice("hive.".length)}_iceberg.${name}` }];
}

function hop(from: string, to: Station): Hop {
  return { from, to: to.name, ...(to.copiedBy && { by: to.copiedBy }) };
}

function stationOf(stations: readonly Station[], name: string): Station | undefined {
  return stations.find(station => station.name === name);
}

// A station that is not there yet needs one as well.
function needsCopy(station: Station | undefined): boolean {
  if (station === undefined) return true;
  // What failed there was the copy to the next place.
  if (station.failedNext && station.state === "failed") return false;
  return ["behind", "failed", "gone"].includes(station.state);
}

function isGone(station: Station | undefined): boolean {
  return station?.state === "gone";
}

function moveOf({ from, to, by }: Hop, earlier: Earlier): Move {
  const before = (by && earlier.parameters(by)) || {};
  const place = (name: string) => namespaceOf(name).slice(catalogOf(name).length + 1);
  if (catalogOf(to) === "snowflake")
    return {
      type: "register-snowflake",
      parameters: { ...pick(before, ["database", "schema"]), namespace: place(from), from: catalogOf(from) },
    };
  const kept = pick(before, ["history", "expire", "copy", "mode", "verify", "streams"]);
  // Somebody once asked for less than a proof; what is brought up to date is proven.
  if (kept.verify === "none" || kept.verify === "metadata") delete kept.verify;
  const sync = before.ifExists === "sync" ? { ifExists: "sync" } : {};
  if (catalogOf(from) === "hive")
    return {
      type: "ingest-hive",
      parameters: { ...kept, database: place(from), namespace: place(to), to: catalogOf(to) },
    };
  const ends = { namespace: place(from), from: catalogOf(from), to: catalogOf(to) };
  const renamed = place(to) === place(from) ? {} : { targetNamespace: place(to) };
  return { type: "migrate-iceberg", parameters: { ...kept, ...sync, ...ends, ...renamed } };
}

// What a follow-up is given by the job before it.
function differing({ namespace: _, from: __, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

function pick(from: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.flatMap(key => (from[key] === undefined ? [] : [[key, from[key]]])));
}
