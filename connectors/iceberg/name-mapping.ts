import type { DataType } from "../spark/protocol/types.ts";

/** One field of the mapping by which Iceberg finds the columns of files that were not written for it. */
interface MappedField {
  "field-id"?: number;
  names: string[];
  fields?: MappedField[];
}

/**
 * A name mapping of Iceberg's that finds the columns of files however they are spelled there. Hive folds names to lower case and
 * Iceberg does not: without the files' own spelling such a column reads null in every row.
 */
export function withSpellings(mapping: string, files: DataType): string {
  return JSON.stringify(spelled(JSON.parse(mapping) as MappedField[], files));
}

function spelled(mapped: readonly MappedField[], type: DataType): MappedField[] {
  return mapped.map(field => {
    const found = childrenOf(type).filter(({ name }) => field.names.some(known => isSame(known, name)));
    const names = [...new Set([...field.names, ...found.map(({ name }) => name)])];
    const inner = found.reduce((fields, child) => fields && spelled(fields, child.type), field.fields);
    return { ...field, names, ...(inner && { fields: inner }) };
  });
}

// Lists and maps have names of Iceberg's own for what is in them, whatever the file says.
function childrenOf(type: DataType): { name: string; type: DataType }[] {
  switch (type.kind) {
    case "struct":
      return type.fields;
    case "array":
      return [{ name: "element", type: type.element }];
    case "map":
      return [
        { name: "key", type: type.key },
        { name: "value", type: type.value },
      ];
    default:
      return [];
  }
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
