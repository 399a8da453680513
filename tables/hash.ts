import type { DataType } from "../spark/types.ts";
import { quote } from "./names.ts";

/** What the hash needs to know of a column: its name and the type it has on both sides. */
export interface HashedColumn {
  name: string;
  target: DataType;
}

/** A 64-bit hash of a row as Spark SQL. Nulls count: Spark's own hash passes over them, so it is told first which values are null. */
export function rowHash(columns: readonly HashedColumn[]): string {
  return `xxhash64('portal-1', ${hashed(columns.map(asValue)).join(", ")})`;
}

/** A row's hash under another salt, whose sum is independent of the first's. It is made of the first: to hash each row twice costs more than it proves. */
export function saltedAnew(hash: string): string {
  return `xxhash64('portal-2', ${hash})`;
}

/** A 64-bit hash of one column's value; equal values of different columns have different hashes. */
export function columnHash(column: HashedColumn, position: number): string {
  return `xxhash64('${position}', ${hashed([asValue(column)]).join(", ")})`;
}

type Value = [sql: string, type: DataType];

function asValue({ name, target }: HashedColumn): Value {
  return [quote(name), target];
}

// What is hashed for values: which of them are null, and they themselves.
function hashed(all: readonly Value[], depth = 0): string[] {
  const flat = all.flatMap(withFields);
  return [...nullMasks(flat), ...flat.flatMap(value => contents(value, depth))];
}

function withFields([sql, type]: Value): Value[] {
  const fields = type.kind === "struct" ? type.fields : [];
  return [[sql, type], ...fields.flatMap(field => withFields([`${sql}.${quote(field.name)}`, field.type]))];
}

// A bit for each value in whole numbers: to hash a flag for each makes a scan a fifth longer.
function nullMasks(all: readonly Value[]): string[] {
  const bits = all.map(([sql], i) => `if(isnull(${sql}), ${2 ** (i % BITS)}, 0)`);
  const masks = Math.ceil(bits.length / BITS);
  return Array.from({ length: masks }, (_, i) => bits.slice(i * BITS, (i + 1) * BITS).join(" | "));
}

const BITS = 31;

function contents([sql, type]: Value, depth: number): string[] {
  switch (type.kind) {
    case "float":
    case "double":
      // The hash takes 0.0 and -0.0 for one value; their texts differ.
      return [sql, `if(${sql} = 0, cast(${sql} as string), '')`];
    case "array":
      return [`size(${sql})`, `transform(${sql}, e${depth} -> ${packed([[`e${depth}`, type.element]], depth)})`];
    case "struct":
      // Its fields stand beside it.
      return [];
    case "map":
      return [`size(${sql})`, sortedEntries(sql, type, depth)];
    default:
      return [sql];
  }
}

// Maps have no order and can't be hashed or compared: their entries become structs first, then they are sorted.
function sortedEntries(sql: string, { key, value }: Extract<DataType, { kind: "map" }>, depth: number): string {
  const entry = `e${depth}`;
  const inner: Value[] = [
    [`${entry}.key`, key],
    [`${entry}.value`, value],
  ];
  return `array_sort(transform(map_entries(${sql}), ${entry} -> ${packed(inner, depth)}))`;
}

function packed(values: readonly Value[], depth: number): string {
  return `struct(${hashed(values, depth + 1).join(", ")})`;
}
