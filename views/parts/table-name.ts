import { html, joinParts, type Part, type View } from "../html.ts";

const catalogs = new Set(["hive", "lake", "azure", "snowflake"]);

/** Makes the catalogs of catalogs.json known, so that names in them become links. The portal does it at its start. */
export function linkCatalogs(names: readonly string[]): void {
  for (const name of names) catalogs.add(name);
}

/**
 * The name of a table, as a link to its page; any other name (of a file, a script, a topic) as it is. What stands after
 * a name, as in `lake.shop.products by sku`, is no part of it. In a narrow place it breaks after its dots.
 */
export function tableName(name: string, place: "narrow" | "wide" = "wide"): View {
  const { table, rest } = parted(name);
  const href = tableHref(table);
  const words = place === "narrow" ? breakable : (text: string) => text;
  const inner: Part = href ? html`<a href="${href}">${words(table)}</a>${rest}` : words(name);
  return html`<span class="mono">${inner}</span>`;
}

/** A name that breaks after its dots, before it breaks in the middle of a word. */
export function breakable(name: string): View {
  return joinParts(name.split(/(?<=[.])/), html`<wbr>`);
}

/** A sentence in which every name of a table is a link to its page. Never inside of another link. */
export function withTables(text: string): Part {
  const pieces = text.split(NAME);
  return pieces.map((piece, i) => {
    const href = i % 2 === 1 ? tableHref(piece) : undefined;
    return href ? html`<a href="${href}">${piece}</a>` : piece;
  });
}

/** Names of tables of one namespace, as `orders, customers and 3 more`, each a link; `of` is the namespace with its catalog. */
export function tableNames(list: string, of: string | undefined): Part {
  if (!of) return withTables(list);
  return list.split(/(, | and )/).map((name, i) => {
    const href = i % 2 === 0 && !/^(attempt )?\d/.test(name) ? tableHref(`${of}.${name}`) : undefined;
    return href ? html`<a href="${href}">${name}</a>` : name;
  });
}

// Nothing in front of it makes it a part of something else, and a full stop after it ends the sentence.
const NAME = /(?<![\w./:@-])([a-z][a-z0-9_]*(?:\.[\w$-]+){2,3})(?![\w$/-])/g;

/** The address of a table's page; undefined where the name is not one of a table in a catalog. */
export function tableHref(name: string): string | undefined {
  const [catalog = "", namespace = "", ...rest] = name.split(".");
  if (!catalogs.has(catalog) || namespace === "") return undefined;
  const parts =
    catalog === "snowflake" ? [namespace, rest[0] ?? "", rest.slice(1).join(".")] : [namespace, rest.join(".")];
  if (parts.some(part => part === "" || /[/\s]/.test(part))) return undefined;
  return `/tables/${[catalog, ...parts].map(encodeURIComponent).join("/")}`;
}

function parted(name: string): { table: string; rest: string } {
  const at = name.indexOf(" by ");
  return at < 0 ? { table: name, rest: "" } : { table: name.slice(0, at), rest: name.slice(at) };
}
