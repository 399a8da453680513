import { problemWith, whyNotEditable } from "../../../connectors/iceberg/cell-text.ts";
import type { RowField } from "../../../views/pages/tables/row.ts";
import type { Browsed, BrowsedColumn } from "./facts.ts";

type Values = Readonly<Record<string, string | null>>;

/** What a form of a row asks to be written: only what differs from the row that was seen. */
export interface RowChanges {
  set: Record<string, string | null>;
  was: Record<string, string | null>;
  /** The form again, as it was filled in, with what is wrong at its fields. */
  fields: RowField[];
  isWrong: boolean;
}

/** The fields of a row's form: of a row that was seen, or of a new one. */
export function fieldsOf({ columns, key }: Pick<Browsed, "columns" | "key">, row: Values | undefined): RowField[] {
  return columns.map(column => {
    const value = row?.[column.name] ?? null;
    const why = whyReadOnly(column, value, row !== undefined && column.name === key);
    return {
      ...{ name: column.name, type: column.type, required: column.required || column.name === key },
      input: inputOf(column),
      value: value ?? "",
      isNull: value === null && !column.required && column.name !== key,
      ...(why !== undefined && { readOnly: why }),
    };
  });
}

/** The fields with values that a job was given, which has not written them. */
export function refilled(fields: readonly RowField[], set: Values): RowField[] {
  return fields.map(field =>
    Object.hasOwn(set, field.name)
      ? { ...field, value: set[field.name] ?? "", isNull: set[field.name] === null }
      : field,
  );
}

/** Reads a form. What a browser made of a text on its way there and back is no change. */
export function changesIn(
  form: URLSearchParams,
  table: Pick<Browsed, "columns" | "key">,
  seen: Values | undefined,
): RowChanges {
  const set: RowChanges["set"] = {};
  const was: RowChanges["was"] = {};
  const fields = fieldsOf(table, seen).map((field, i): RowField => {
    const column = table.columns[i];
    const sent = form.get(`set.${field.name}`);
    if (field.readOnly !== undefined || sent === null || !column) return field;
    const before = seen?.[field.name] ?? null;
    const value = valueIn(field, sent, form.has(`set-null.${field.name}`), before, seen !== undefined);
    const typed = { ...field, value: sent, isNull: value === null };
    if (seen ? value === before : value === null && !field.required) return typed;
    const error =
      value === null
        ? field.required && "A value is needed here: it can't be null."
        : problemWith(column.dataType, value);
    if (error) return { ...typed, error };
    set[field.name] = value;
    if (seen) was[field.name] = before;
    return typed;
  });
  return { set, was, fields, isWrong: fields.some(({ error }) => error !== undefined) };
}

/**
 * The text that a form has sent, with the line ends that the text had before: a form sends every line end as CR LF.
 * Lines that stayed keep their own; new ones get what most of the others have, LF where there was none.
 */
export function withLineEnds(before: string, sent: string): string {
  const old = splitLines(before);
  const now = splitLines(sent).texts;
  const least = Math.min(old.texts.length, now.length);
  let head = 0;
  while (head < least && old.texts[head] === now[head]) head++;
  let tail = 0;
  while (tail < least - head && old.texts.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const usual = mostOf(old.ends) ?? "\n";
  const moved = old.texts.length - now.length;
  return now.reduce((text, line, i) => {
    if (i === 0) return line;
    const lineEnd = i <= head ? old.ends[i - 1] : i >= now.length - tail ? old.ends[i - 1 + moved] : undefined;
    return `${text}${lineEnd ?? usual}${line}`;
  }, "");
}

function valueIn(
  { input, isNull }: RowField,
  sent: string,
  saysNull: boolean,
  before: string | null,
  isKnown: boolean,
): string | null {
  // A number or a date has no empty value: nothing means null.
  if (input !== "text") {
    const value = sent.trim();
    if (value === "") return null;
    return isKnown && value === before ? before : value;
  }
  // Whoever types into a field that was null need not take its tick away.
  if (saysNull && (!isNull || sent === "")) return null;
  return withLineEnds(before ?? "", sent);
}

function inputOf({ dataType }: BrowsedColumn): RowField["input"] {
  if (dataType.kind === "string" || dataType.kind === "binary") return "text";
  return dataType.kind === "boolean" ? "boolean" : "line";
}

// A page of more than that would not come back: the portal takes a form of 1 MiB.
const MOST = 250_000;

function whyReadOnly({ dataType, name }: BrowsedColumn, value: string | null, isKey: boolean): string | undefined {
  if (isKey) return "";
  const type = whyNotEditable(dataType);
  if (type || value === null) return type;
  if (/[\0\uFFFD]/.test(value))
    return "This text has characters that a page can't send back unchanged, so it can't be edited here. It stays as it is.";
  if (encodeURIComponent(value.toWellFormed()).length > MOST)
    return `This value is too long to be edited here: send it to the API, as ${JSON.stringify({ set: { [name]: "…" } })}. It stays as it is.`;
  return undefined;
}

function splitLines(text: string): { texts: string[]; ends: string[] } {
  const pieces = text.split(/(\r\n|\r|\n)/);
  return { texts: pieces.filter((_, i) => i % 2 === 0), ends: pieces.filter((_, i) => i % 2 === 1) };
}

function mostOf(ends: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
