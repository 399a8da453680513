import type { TableColumn } from "../../connectors/iceberg/layout/columns.ts";
import type { DataType } from "../../connectors/spark/protocol/types.ts";

/** Why a property of the source can't be one of the copy: its writer, its catalog or Snowflake would refuse it. */
export function whyUnfit(key: string, value: string, columns: readonly Pick<TableColumn, "name" | "target">[]) {
  const column = /^write\.metadata\.metrics\.column\.(.+)$/.exec(key)?.[1];
  if (column !== undefined && !columns.some(one => pathsOf(one.name, one.target).includes(column)))
    return `there is no column ${column}`;
  const [, fits, why] = RULES.find(([pattern]) => pattern.test(key)) ?? [];
  return fits?.(value) === false ? why : undefined;
}

const CODECS: ReadonlySet<string> = new Set(["zstd", "snappy", "gzip", "uncompressed"]);
const MODES: ReadonlySet<string> = new Set(["copy-on-write", "merge-on-read"]);
const NO_NUMBER = "it is no number that Iceberg takes there";
const NEVER = () => false;

const RULES: readonly (readonly [key: RegExp, fits: (value: string) => boolean, why: string])[] = [
  [
    /\.parquet\.compression-codec$/,
    value => CODECS.has(value.toLowerCase()),
    "not every reader has it: zstd, snappy, gzip and uncompressed are kept",
  ],
  [
    /^write\.metadata\.compression-codec$/,
    value => value.toLowerCase() === "none",
    "Snowflake reads plain metadata files",
  ],
  [/(^|[.-])(impl|class)$/, NEVER, "a class that the target's engines may not have"],
  [/^encryption\./, NEVER, "the copy is not encrypted by Iceberg"],
  [/^write\.manifest-lists\.enabled$/, value => value === "true", "format version 2 needs manifest lists"],
  [/^write\.(delete|update|merge)\.mode$/, value => MODES.has(value.toLowerCase()), "it is no mode"],
  [/\.compression-level$/, value => isWhole(value, 2 ** 31, true), NO_NUMBER],
  [/bloom-filter-fpp\b/, value => Number(value) > 0 && Number(value) < 1, "it is no share between 0 and 1"],
  [
    /^(read|write|commit|history)\..*(file-size-bytes|target-size(-bytes)?|partition-size-bytes|age-ms|-cost)$/,
    value => isWhole(value, 2 ** 53),
    NO_NUMBER,
  ],
  [
    /^(read|write|commit|history)\..*-(bytes|ms|count|size|threads|retries|limit|max|to-keep|lookback)$/,
    value => isWhole(value, 2 ** 31),
    NO_NUMBER,
  ],
];

function isWhole(value: string, below: number, negative = false): boolean {
  return (negative ? /^-?\d+$/ : /^\d+$/).test(value) && Math.abs(Number(value)) < below;
}

function pathsOf(name: string, type: DataType): string[] {
  const inner = (part: string, of: DataType) => pathsOf(`${name}.${part}`, of);
  switch (type.kind) {
    case "struct":
      return [name, ...type.fields.flatMap(field => inner(field.name, field.type))];
    case "array":
      return [name, ...inner("element", type.element)];
    case "map":
      return [name, ...inner("key", type.key), ...inner("value", type.value)];
    default:
      return [name];
  }
}
