import type { Store } from "../audit/index/store.ts";
import { fold } from "../audit/index/text.ts";
import type { Outcome, ProofSummary } from "../jobs/outcome.ts";
import { OUTCOMES } from "../jobs/states.ts";
import { lineageOf, MOVES, type StationFacts, type TableWrite, urgency } from "./lineage.ts";
import { namespaceOf } from "./names.ts";

// What an outcome's row holds beside its names.
type Part = Omit<Outcome, "table" | "target" | "outcome" | "error"> & { error?: string };

interface Found {
  job: number;
  id: string;
  type: string;
  person: string;
  finished: string;
  milliseconds: number;
  source: number;
  target: number;
  outcome: string;
  row: string;
}

const COMPARE = "compare-tables";
const UNDO = "undo-job";
const DRIFT = "check-drift";
const IN_MOVES = `(${MOVES.map(type => `'${type}'`).join(", ")})`;
const FROM = `select o.job, j.id, o.type, j.person, j.finished, j.milliseconds, o.source, o.target, o.outcome, o.row
  from outcomes o cross join jobs j on j.key = o.job where`;
// What was taken back since, or dropped with what was, is as if it had not been.
const STANDS = `not exists (select 1 from outcomes u where u.target = o.target and u.job > o.job and u.type = '${UNDO}'
  and u.outcome = 'succeeded' and (json_extract(u.row, '$.undoes') = j.id or not json_extract(u.row, '$.drift.there')))`;
const NEWEST = "order by o.job desc, o.place desc limit 1";
const LONGEST = 32;

/** Marks the tables that a job's outcomes are about: what is known of their way is made again. Within a change of the store. */
export function markStale(store: Store, job: number): void {
  for (const side of ["source", "target"])
    store.run(`insert or ignore into stale select ${side} from outcomes where job = ?`, [job]);
}

/** How many tables are marked, counted up to `most`. */
export function countStale(store: Store, most: number): number {
  return store.get<{ n: number }>("select count(*) as n from (select 1 from stale limit ?)", [most])!.n;
}

/** Makes again what is known of the way of every marked table, and of those that were copied from it. Within a change. */
export function renewLineages(store: Store): void {
  const names = store.all<{ name: number }>("select name from stale").map(({ name }) => name);
  if (names.length === 0) return;
  const affected = new Set<number>();
  for (const name of names) for (const one of renewCopy(store, name)) affected.add(one);
  for (const one of affected) for (const next of copiesOf(store, one)) affected.add(next);
  for (const name of affected) renewLineage(store, name);
  store.run("delete from stale");
}

/** The last stations of every lineage that leads through a table. */
export function lastOf(store: Store, name: string): number[] {
  const id = store.get<{ id: number }>("select id from names where name = ?", [name])?.id;
  if (id === undefined) return [];
  const through = new Set([id]);
  for (const one of through) for (const next of copiesOf(store, one)) through.add(next);
  return [...through];
}

// The newest copy into a table; the tables whose place at the end of a lineage this may change.
function renewCopy(store: Store, target: number): number[] {
  const before = store.get<{ source: number }>("select source from copies where target = ?", [target])?.source;
  store.run("delete from copies where target = ?", [target]);
  const move = newest(store, succeededMove, target);
  const touched = [target, ...(before === undefined ? [] : [before])];
  if (!move || move.source === target) return touched;
  store.run("insert into copies values (?, ?, ?)", [target, move.source, move.job]);
  return [...touched, move.source, ...breakCircle(store, target)];
}

// A table may be copied back to where it came from: its way then begins after the oldest of these copies.
function breakCircle(store: Store, target: number): number[] {
  const circle: { target: number; source: number; job: number }[] = [];
  let at = target;
  do {
    const copy = store.get<{ source: number; job: number }>("select source, job from copies where target = ?", [at]);
    if (!copy || circle.length > LONGEST) return [];
    circle.push({ target: at, ...copy });
    at = copy.source;
  } while (at !== target);
  const oldest = circle.reduce((a, b) => (b.job < a.job ? b : a));
  store.run("delete from copies where target = ?", [oldest.target]);
  return circle.map(copy => copy.target);
}

function copiesOf(store: Store, source: number): number[] {
  const rows = store.all<{ target: number }>("select target from copies where source = ?", [source]);
  return rows.map(({ target }) => target);
}

function renewLineage(store: Store, last: number): void {
  const isPassed = store.get("select 1 from copies where source = ?", [last]) !== undefined;
  const facts = isPassed ? undefined : factsOf(store, last);
  const lineage = facts && lineageOf(facts);
  if (!lineage) {
    store.run("delete from lineages where last = ?", [last]);
    return;
  }
  const names = lineage.stations.map(station => station.name);
  store.run("insert or replace into lineages values (?, ?, ?, ?, ?, ?, ?, ?)", [
    ...[last, lineage.name, lineage.last, lineage.state, urgency(lineage.state), namespaceOf(lineage.name)],
    ...[fold(` ${names.join(" ")} `), JSON.stringify(lineage)],
  ]);
}

// From the last station back to the first. Undefined where no job has copied, written or found this table.
function factsOf(store: Store, last: number): StationFacts[] | undefined {
  const stations: StationFacts[] = [];
  let at: number | undefined = last;
  while (at !== undefined && stations.length < LONGEST) {
    const copy: { source: number } | undefined = store.get("select source from copies where target = ?", [at]);
    stations.unshift(stationFacts(store, at, copy?.source, at === last));
    at = copy?.source;
  }
  const [only] = stations;
  if (stations.length > 1 || only?.write || only?.failedNext) return stations;
  return only?.drift?.there ? stations : undefined;
}

function stationFacts(store: Store, id: number, source: number | undefined, isLast: boolean): StationFacts {
  const name = nameOf(store, id);
  const written = newest(store, succeededWrite, id);
  const write = written && writeOf(store, written);
  const move = source === undefined ? undefined : newest(store, `${succeededMove} and o.source = ?`, id, source);
  const tried = newest(store, `o.target = ? and o.type in ${IN_MOVES} and ${STANDS}`, id);
  const next = isLast ? newestFrom(store, id) : undefined;
  const looked = newest(store, `o.source = ? and o.outcome = 'succeeded' and o.type in ('${DRIFT}', '${UNDO}')`, id);
  const drift = looked && partOf(looked).drift;
  const compared =
    source === undefined
      ? undefined
      : newest(store, `o.target = ? and o.type = '${COMPARE}' and o.source = ?`, id, source);
  const isDone = isProven(move && partOf(move).proof) || isProven(compared && partOf(compared).proof);
  const error = tried && partOf(tried).error;
  return {
    name,
    // What only stands in a log of lines or a topic is no table's way.
    ...(write && (move || write.targetSnapshot) && { write }),
    ...(move && { move: writeOf(store, move) }),
    ...(compared && { compared: comparedOf(compared) }),
    ...(move && (isDone || wasProven(store, id)) && { everProven: true }),
    ...(source !== undefined &&
      tried?.outcome === "failed" && { failure: { job: tried.id, ...(error && { message: error }) } }),
    ...(next?.outcome === "failed" && { failedNext: { job: next.id, target: nameOf(store, next.target) } }),
    ...(drift && { drift }),
  };
}

const succeededMove = `o.target = ? and o.outcome = 'succeeded' and o.type in ${IN_MOVES} and ${STANDS}`;
const succeededWrite = `o.target = ? and o.outcome = 'succeeded' and o.type not in ('${COMPARE}', '${UNDO}') and ${STANDS}`;

function newest(store: Store, condition: string, ...values: number[]): Found | undefined {
  return store.get<Found>(`${FROM} ${condition} ${NEWEST}`, values);
}

// The newest move out of a table. Asked for each outcome, since in that order the index has the jobs.
function newestFrom(store: Store, source: number): Found | undefined {
  const moves = OUTCOMES.flatMap(
    outcome =>
      newest(store, `o.source = ? and o.outcome = '${outcome}' and o.type in ${IN_MOVES} and ${STANDS}`, source) ?? [],
  );
  return moves.sort((a, b) => b.job - a.job)[0];
}

function wasProven(store: Store, id: number): boolean {
  const proof = "json_extract(o.row, '$.proof.verdict') in ('equal', 'agrees')";
  const types = [...MOVES, COMPARE].map(type => `'${type}'`).join(", ");
  const sql = `select 1 from outcomes o where o.target = ? and o.outcome = 'succeeded' and o.type in (${types}) and ${proof} limit 1`;
  return store.get(sql, [id]) !== undefined;
}

function isProven(proof: ProofSummary | undefined): boolean {
  return proof?.verdict === "equal" || proof?.verdict === "agrees";
}

function writeOf(store: Store, found: Found): TableWrite {
  const { sourceSnapshot, targetSnapshot, metadataFile, rows, bytes, proof } = partOf(found);
  const startedAt = new Date(Date.parse(found.finished) - found.milliseconds).toISOString();
  return {
    ...{ job: found.id, type: found.type, by: found.person, startedAt, finishedAt: found.finished },
    source: nameOf(store, found.source),
    ...(sourceSnapshot && { sourceSnapshot }),
    ...(targetSnapshot && { targetSnapshot }),
    ...(metadataFile && { metadataFile }),
    ...(rows !== undefined && { rows }),
    ...(bytes !== undefined && { bytes }),
    ...(proof && { proof }),
  };
}

function comparedOf(found: Found): NonNullable<StationFacts["compared"]> {
  const { proof } = partOf(found);
  return { job: found.id, finishedAt: found.finished, ...(proof && { proof }) };
}

function partOf({ row }: Found): Part {
  return JSON.parse(row) as Part;
}

function nameOf(store: Store, id: number): string {
  return store.get<{ name: string }>("select name from names where id = ?", [id])?.name ?? "";
}
