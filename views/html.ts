const HTML = Symbol("html");

/** A piece of HTML in which everything that was put in has been escaped. */
export interface View {
  readonly [HTML]: string;
}

/** What may stand in `${…}`: objects, promises and `true` are refused at compile time, since they would print nonsense. */
export type Part = View | string | number | bigint | false | null | undefined | readonly Part[];

/** Escapes every `${part}` but other views. Lists are joined; false, null and undefined print nothing. Quote attributes. */
export function html(literals: TemplateStringsArray, ...parts: Part[]): View {
  let text = literals[0] ?? "";
  for (let i = 0; i < parts.length; i++) text += printed(parts[i]) + (literals[i + 1] ?? "");
  return { [HTML]: text };
}

/** The text of a view: what is sent. The one way out. */
export function textOf(view: View): string {
  return view[HTML];
}

/** Views one after the other, with something between them. */
export function joinParts(parts: readonly Part[], between: Part = ""): View {
  return { [HTML]: parts.map(printed).join(printed(between)) };
}

function printed(part: Part): string {
  if (part === undefined || part === null || part === false) return "";
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number" || typeof part === "bigint") return String(part);
  return HTML in part ? part[HTML] : part.map(printed).join("");
}

function escaped(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, character => ENTITIES[character] ?? "") : text;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
