import { quote } from "../../connectors/iceberg/names.ts";
import type { DataType } from "../../connectors/spark/protocol/types.ts";

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

/** A value to hash; `level` counts the structs of the same flat list that it stands in. */
type Value = [sql: string, type: DataType, level?: number];

function asValue({ name, target }: HashedColumn): Value {
  return [quote(name), target];
}

// What is hashed for values: which of them are null, and they themselves.
function hashed(all: readonly Value[], depth = 0): string[] {
  const flat = all.flatMap(withFields);
  return [...nullMasks(flat), ...flat.flatMap(value => contents(value, depth))];
}

function withFields([sql, type, level = 0]: Value): Value[] {
  const fields = type.kind === "struct" && level < FLAT_LEVELS ? type.fields : [];
  return [
    [sql, type, level],
    ...fields.flatMap(field => withFields([`${sql}.${quote(field.name)}`, field.type, level + 1])),
  ];
}

// Spark's time to compile a path to a field doubles with each level. So a struct at this level becomes the variable of a lambda,
// as the elements of an array do, and paths start again from there.
const FLAT_LEVELS = 4;

// A bit for each value in whole numbers: to hash a flag for each makes a scan a fifth longer.
function nullMasks(all: readonly Value[]): string[] {
  const bits = all.map(([sql], i) => `if(isnull(${sql}), ${2 ** (i % BITS)}, 0)`);
  const masks = Math.ceil(bits.length / BITS);
  return Array.from({ length: masks }, (_, i) => bits.slice(i * BITS, (i + 1) * BITS).join(" | "));
}

const BITS = 31;

function contents([sql, type, level = 0]: Value, depth: number): string[] {
  switch (type.kind) {
    case "float":
    case "double":
      // The hash takes 0.0 and -0.0 for one value; their texts differ.
      return [sql, `if(${sql} = 0, cast(${sql} as string), '')`];
    case "array":
      return [`size(${sql})`, `transform(${sql}, e${depth} -> ${packed([[`e${depth}`, type.element]], depth)})`];
    case "struct":
      // `withFields` has added its fields already.
      if (level < FLAT_LEVELS) return [];
      return [`transform(array(${sql}), e${depth} -> ${packed([[`e${depth}`, type]], depth)})`];
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
