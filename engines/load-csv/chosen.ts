import type { Dialect } from "../../csv/dialect.ts";
import type { Sniffed } from "../../csv/sniff.ts";
import type { JobFile } from "../../jobs/envelope.ts";

/** What a person has chosen on a file's page, as its address and its form have it. */
export type Chosen = URLSearchParams;

/** What they say of how the file is written; the rest is found. */
export function dialectIn(chosen: Chosen): Partial<Dialect> {
  const [delimiter, quote, header, encoding] = ["delimiter", "quote", "header", "encoding"].map(name =>
    chosen.get(name),
  );
  return {
    ...(delimiter && { delimiter: delimiter === "tab" ? "\t" : delimiter.slice(0, 1) }),
    ...(quote && { quote: quote.slice(0, 1) }),
    ...(header && { header: header === "yes" }),
    ...((encoding === "UTF-8" || encoding === "ISO-8859-1") && { encoding }),
  };
}

/** The address of a file's page with what was chosen; a look that was taken before no longer holds. */
export function addressOf(name: string, chosen: Chosen, look?: string): string {
  const kept = new URLSearchParams([...chosen].filter(([key, value]) => value !== "" && key !== "look"));
  if (look) kept.set("look", look);
  return `/files/${name}?${kept}`;
}

/** The parameters of a job of what was chosen. */
export function parametersOf(name: string, chosen: Chosen, { dialect, columns }: Sniffed): JobFile["parameters"] {
  const { lineEnd: _, ...format } = dialect;
  const picked = columns.flatMap(({ name: from, type }, at) => {
    // A form that was never sent has no boxes: all columns are taken.
    if (chosen.has("columns") && !chosen.has(`use${at}`)) return [];
    const as = chosen.get(`name${at}`) || from;
    return [{ name: as, type: chosen.get(`type${at}`) || type, ...(as !== from && { from }) }];
  });
  const keys = (chosen.get("key") ?? "").split(",").map(key => key.trim());
  return {
    file: name,
    table: (chosen.get("table") ?? "").trim(),
    key: keys.length === 1 ? (keys[0] ?? "") : keys,
    ...(chosen.get("onDuplicate") && { onDuplicate: chosen.get("onDuplicate") }),
    columns: picked,
    format,
  };
}

/** What only a load is told. */
export function loadOnly(chosen: Chosen): JobFile["parameters"] {
  const [by, into] = [chosen.get("countBy")?.trim(), chosen.get("countInto")?.trim()];
  return {
    ...(chosen.get("badRecords") && { badRecords: chosen.get("badRecords") }),
    ...(by && into && { counts: [{ by, into }] }),
  };
}
