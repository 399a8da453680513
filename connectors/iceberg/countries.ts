import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Int64, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import type { Settings } from "../../core/settings.ts";
import { SparkError } from "../spark/errors.ts";
import { localCommand } from "../spark/server/java.ts";
import type { Session } from "../spark/session.ts";
import { describeIceberg } from "./iceberg.ts";
import { sparkLiteral, sqlName, type TableName, tableNameOf } from "./names.ts";
import { createNamespace } from "./namespace.ts";

/** Ranges of addresses of version 4, as numbers, in order, and the country of each. */
export interface Ranges {
  version: string;
  lo: number[];
  hi: number[];
  country: string[];
}

/**
 * The table that says in which country an address is, in a catalog that is attached: `bucket int, lo bigint, hi bigint, cc string`.
 * Made once for each version of the database, by whoever needs it first; its name holds the version, so that none is
 * ever changed. Two may make it at once.
 */
export async function countryTable(
  session: Session,
  settings: Pick<Settings, "DATA_DIR">,
  catalog: string,
): Promise<TableName> {
  const name = { catalog, namespace: "portal_reference", table: `ip4_${databaseVersion().replace(/\W/g, "_")}` };
  if (await isWhole(session, name)) return name;
  await createNamespace(session, settings, name);
  const { data, rows } = arrowOf(readRanges());
  const properties = `'${ROWS}' = '${rows}', 'portal.licence' = ${sparkLiteral(LICENCE)}`;
  const create = `create table ${sqlName(name)} using iceberg tblproperties (${properties}) as
    select /*+ coalesce(1) */ cast(b as int) as bucket, lo, hi, cc
    from ranges lateral view explode(sequence(shiftright(lo, 16), shiftright(hi, 16))) e as b`;
  try {
    await session.execute(localCommand(create, "ranges", data)).result;
  } catch (error) {
    if (!(error instanceof SparkError && /ALREADY_EXISTS|already exists/i.test(`${error.errorClass} ${error.message}`)))
      throw error;
  }
  if (await isWhole(session, name)) return name;
  throw new Error(`${tableNameOf(name)} does not hold all countries: drop that table, then run the job again.`);
}

const ROWS = "portal.rows";
const LICENCE = "DB-IP, CC-BY-4.0, https://db-ip.com";
const PACKAGE = "@ip-location-db/dbip-country";

/** The version of the database of countries. */
function databaseVersion(): string {
  const { version } = JSON.parse(readFileSync(join(folder(), "package.json"), "utf8")) as { version: string };
  return version;
}

/** Reads the database. Throws where its ranges are not in order or overlap: then an address would have two countries. */
export function readRanges(): Ranges {
  const ranges: Ranges = { version: databaseVersion(), lo: [], hi: [], country: [] };
  let last = -1;
  for (const line of readFileSync(join(folder(), "dbip-country-ipv4-num.csv"), "utf8").split("\n")) {
    if (line === "") continue;
    const [lo, hi, country = ""] = line.split(",");
    const [from, to] = [Number(lo), Number(hi)];
    if (!(from > last && to >= from && to < 2 ** 32 && /^[A-Z]{2}$/.test(country)))
      throw new Error(`${PACKAGE} can't be used: "${line}" is no range after the one before it.`);
    last = to;
    ranges.lo.push(from);
    ranges.hi.push(to);
    ranges.country.push(country);
  }
  return ranges;
}

function folder(): string {
  return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
}

// As Spark takes it, and how many rows it makes when each range is cut at every 65,536 addresses.
function arrowOf({ lo, hi, country }: Ranges): { data: Uint8Array; rows: number } {
  const table = new Table({
    lo: vectorFromArray(lo.map(BigInt), new Int64()),
    hi: vectorFromArray(hi.map(BigInt), new Int64()),
    cc: vectorFromArray(country, new Utf8()),
  });
  const rows = lo.reduce(
    (sum, from, at) => sum + Math.floor((hi[at] ?? 0) / 65_536) - Math.floor(from / 65_536) + 1,
    0,
  );
  return { data: tableToIPC(table, "stream"), rows };
}

async function isWhole(session: Session, name: TableName): Promise<boolean> {
  const found = await describeIceberg(session, name);
  return found?.current !== undefined && found.current.summary["total-records"] === found.properties[ROWS];
}
