import type { Session } from "../../spark/session.ts";
import { sqlName, type TableName } from "../names.ts";

/**
 * The names of a table's partition fields, in the order of its transforms; undefined for those that have the name which
 * Iceberg gives by itself. `describe` tells the transforms alone.
 */
export async function partitionNames(
  session: Session,
  name: TableName,
  partitioning: readonly string[],
): Promise<(string | undefined)[]> {
  if (partitioning.length === 0) return [];
  const schema = await session.schema(`select partition from ${sqlName(name)}.partitions`);
  const [partition] = schema.kind === "struct" ? schema.fields : [];
  const names = partition?.type.kind === "struct" ? partition.type.fields.map(field => field.name) : [];
  return ownNames(partitioning, names);
}

/** Which field belongs to which transform: those by their usual names first, what is left in order. Pure. */
export function ownNames(partitioning: readonly string[], names: readonly string[]): (string | undefined)[] {
  const free = [...names];
  const take = (name: string | undefined) => (name === undefined ? [] : free.splice(free.indexOf(name), 1));
  const usual = partitioning.map(transform => take(free.find(name => usualNames(transform).includes(name)))[0]);
  const rest = usual.filter(name => name === undefined).length;
  // There are more fields than transforms if the table was partitioned differently before. They can't be matched then.
  if (rest !== free.length) return partitioning.map(() => undefined);
  return partitioning.map((transform, i) => {
    const name = usual[i] ?? free.shift();
    return name === usualNames(transform)[0] ? undefined : name;
  });
}

// The first is the name that `create table` gives, the second the one that `add partition field` gives.
function usualNames(transform: string): string[] {
  const [, kind, width, column] = /^(\w+)\((?:(\d+), )?(.+)\)$/.exec(transform) ?? [];
  if (!kind || !column) return [unquoted(transform)];
  const name = unquoted(column);
  if (kind === "bucket") return [`${name}_bucket`, `${name}_bucket_${width}`];
  if (kind === "truncate") return [`${name}_trunc`, `${name}_trunc_${width}`];
  return [`${name}_${kind.replace(/s$/, "")}`];
}

function unquoted(name: string): string {
  return /^`.*`$/.test(name) ? name.slice(1, -1).replaceAll("``", "`") : name;
}
