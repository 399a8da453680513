/**
 * What an address is. `unknown`: a public one that the reference does not know. Addresses of version 6 are told apart,
 * not looked up; `invalid` is whatever is no address at all.
 */
export const IP_CLASSES = [
  "public",
  "unknown",
  "private",
  "loopback",
  "link-local",
  "reserved",
  "ipv6",
  "invalid",
] as const;

export type IpClass = (typeof IP_CLASSES)[number];

/** What is no public address, by block. */
const BLOCKS: readonly (readonly [from: string, bits: number, is: IpClass])[] = [
  ["10.0.0.0", 8, "private"],
  ["172.16.0.0", 12, "private"],
  ["192.168.0.0", 16, "private"],
  // Shared by the customers of a provider.
  ["100.64.0.0", 10, "private"],
  ["127.0.0.0", 8, "loopback"],
  ["169.254.0.0", 16, "link-local"],
  ["0.0.0.0", 8, "reserved"],
  ["192.0.0.0", 24, "reserved"],
  // For documentation, and for measuring networks.
  ["192.0.2.0", 24, "reserved"],
  ["198.51.100.0", 24, "reserved"],
  ["203.0.113.0", 24, "reserved"],
  ["198.18.0.0", 15, "reserved"],
  // To many at once, and to nobody yet.
  ["224.0.0.0", 4, "reserved"],
  ["240.0.0.0", 4, "reserved"],
];

/** A country reference: ranges of addresses as numbers, cut where their upper 16 bits change, which are `bucket`. */
export interface Reference {
  /** As SQL: a table with `bucket int, lo bigint, hi bigint, cc string`. */
  table: string;
}

/**
 * Adds `ip_class` and `country` to a relation that has a column `ip`, as the text of a SELECT. Deterministic, one row for
 * each; the reference is held in memory by every executor, since it is small and a stream asks it with every batch.
 */
export function located(relation: string, { table }: Reference): string {
  return `select /*+ broadcast(portal_reference) */ found.* except (__a, __b, __c, __d, __number, __class), ${known} as ip_class,
      portal_reference.cc as country
    from (select *, ${classOf("ip", "__number")} as __class from (
      select *, ${numberOf("__a", "__b", "__c", "__d", "ip")} as __number from (
        select *, ${[1, 2, 3, 4].map(part => `try_cast(split_part(ip, '.', ${part}) as int) as ${PARTS[part - 1]}`).join(", ")}
        from (${relation})))) found
    left join ${table} portal_reference
      on portal_reference.bucket = cast(shiftright(if(found.__class = 'public', found.__number, null), 16) as int)
      and found.__number between portal_reference.lo and portal_reference.hi`;
}

const PARTS = ["__a", "__b", "__c", "__d"];
const known = "if(found.__class = 'public' and portal_reference.cc is null, 'unknown', found.__class)";

// Written together again the parts must give the text: no sign, no zero in front, no fifth part.
function numberOf(a: string, b: string, c: string, d: string, text: string): string {
  const parts = [a, b, c, d];
  const inside = parts.map(part => `${part} between 0 and 255`).join(" and ");
  return `case when ${inside} and concat_ws('.', ${parts.join(", ")}) = ${text}
    then ${a} * 16777216L + ${b} * 65536L + ${c} * 256L + ${d} end`;
}

function classOf(text: string, number: string): string {
  const cases = BLOCKS.map(([from, bits, is]) => {
    const lo = numeric(from);
    return `when ${number} between ${lo}L and ${lo + 2 ** (32 - bits) - 1}L then '${is}'`;
  });
  return `case when ${text} is null then null
    when ${number} is null then if(${text} rlike '${SIX}', 'ipv6', 'invalid')
    ${cases.join(" ")} else 'public' end`;
}

// Eight groups of hex digits; or fewer, and `::` for what is left out; the last two may be an address of version 4.
const GROUP = "[0-9A-Fa-f]{1,4}";
const FOUR = "(?:[0-9]{1,3}[.]){3}[0-9]{1,3}";
const SIX = `^(?:(?:${GROUP}:){7}${GROUP}|(?:${GROUP}:){6}${FOUR}|(?=(?:[^:]*:){2,7}[^:]*$|::|.*::$)(?:${GROUP}(?::${GROUP}){0,6})?::(?:(?:${GROUP}:){0,6}(?:${GROUP}|${FOUR}))?)$`;

function numeric(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
