import assert from "node:assert/strict";
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { test } from "node:test";
import { countryTable, readRanges } from "../../../connectors/iceberg/countries.ts";
import { sparkLiteral, sqlName } from "../../../connectors/iceberg/names.ts";
import { IP_CLASSES, located } from "../../../formats/logs/addresses.ts";
import { settings, testSession } from "../../engines/lake.ts";

test("class and country of ten thousand addresses are those of an independent look-up", async t => {
  const session = await testSession(t);
  const addresses = [...EDGES, ...drawn(10_000 - EDGES.length)];
  // Two who need the reference at the same moment both get it.
  const other = await testSession(t);
  const [table, same] = await Promise.all([
    countryTable(session, settings, "lake"),
    countryTable(other, settings, "lake"),
  ]);
  assert.deepEqual(table, same);
  const relation = `select pos, ip from (select posexplode(split(${sparkLiteral(addresses.join("\n"))}, '\n')) as (pos, ip))`;
  const rows = await session.query(`select * from (${located(relation, { table: sqlName(table) })}) order by pos`);
  assert.equal(rows.length, addresses.length, "one row for each");
  const lookUp = independent();
  const seen = new Set<string>();
  for (const [at, ip] of addresses.entries()) {
    const expected = lookUp(ip);
    const { ip_class: ipClass, country } = rows[at] ?? {};
    assert.deepEqual({ ip, ipClass, country }, { ip, ...expected });
    seen.add(expected.ipClass);
  }
  assert.deepEqual([...seen].sort(), [...IP_CLASSES].sort(), "every class was tried");
});

test("what is no address has no country, and a missing one has no class", async t => {
  const session = await testSession(t);
  const table = sqlName(await countryTable(session, settings, "lake"));
  const rows = await session.query(located("select cast(null as string) as ip", { table }));
  assert.deepEqual(rows, [{ ip: null, ip_class: null, country: null }]);
});

const EDGES = [
  ...["10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.16.0.0", "172.31.255.255"],
  ...["172.32.0.0", "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0", "100.63.255.255"],
  ...["100.64.0.0", "100.127.255.255", "100.128.0.0", "127.0.0.0", "127.255.255.255", "128.0.0.0", "169.254.0.0"],
  ...["169.254.255.255", "169.255.0.0", "0.0.0.0", "0.255.255.255", "1.0.0.0", "223.255.255.255", "224.0.0.0"],
  ...["239.255.255.255", "240.0.0.0", "255.255.255.255", "198.17.255.255", "198.18.0.0", "198.19.255.255"],
  ...["198.20.0.0", "192.0.2.0", "192.0.2.255", "192.0.3.0", "198.51.100.7", "198.51.101.0", "203.0.113.9"],
  ...["203.0.114.0", "192.0.0.1", "192.0.1.0", "192.88.99.1", "1.0.0.255", "1.0.1.0", "8.8.8.8"],
  ...[
    "",
    " ",
    "-",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.",
    ".1.2.3",
    "256.1.1.1",
    "1.2.3.999",
    "01.2.3.4",
    "1.2.3.+4",
    "1.2.3.-4",
  ],
  ...["1.2.3.4 ", "a.b.c.d", "localhost", "1e1.2.3.4", "0x1.2.3.4", "99999999999.1.1.1", "::", "::1", "fe80::1"],
  ...[
    "2001:db8::1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::ffff:1.2.3.4",
    "1:2:3",
    "1:2:3:4:5:6:7:8:9",
    "::1::",
    "12345::",
  ],
  ...["a:b:c", "1:2:3:4::5:6:7:8", ":1:2:3:4:5:6:7", "2a02:1:2:3:4:5:6:7"],
];

// The same numbers at every run, all over the room of addresses.
function drawn(count: number): string[] {
  let state = 20260601;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return Array.from({ length: count }, () => {
    const number = next();
    return [24, 16, 8, 0].map(bits => (number >>> bits) & 255).join(".");
  });
}

// By Node's own lists of blocks and a search in the file, nothing of ours between.
function independent(): (ip: string) => { ipClass: string; country: string | null } {
  const blocks = BLOCKS.map(([ipClass, ...nets]) => {
    const list = new BlockList();
    for (const net of nets) list.addSubnet(net.split("/")[0] ?? "", Number(net.split("/")[1]));
    return [ipClass, list] as const;
  });
  const { lo, hi, country } = readRanges();
  return ip => {
    if (!isIPv4(ip)) return { ipClass: isIPv6(ip) ? "ipv6" : "invalid", country: null };
    const own = blocks.find(([, list]) => list.check(ip));
    if (own) return { ipClass: own[0], country: null };
    const number = ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const at = lastAtMost(lo, number);
    const found = at >= 0 && number <= (hi[at] ?? -1) ? (country[at] ?? null) : null;
    return { ipClass: found ? "public" : "unknown", country: found };
  };
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? 0) <= value) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

const BLOCKS: [string, ...string[]][] = [
  ["private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
  ["loopback", "127.0.0.0/8"],
  ["link-local", "169.254.0.0/16"],
  [
    "reserved",
    "0.0.0.0/8",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "198.18.0.0/15",
    "224.0.0.0/3",
  ],
];
