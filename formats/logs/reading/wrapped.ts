import type { LogFormat, ParsedColumn, PartedLines } from "../format.ts";
import { levelInText } from "../severity.ts";

/** What lines are wrapped in: an object of Docker, a prefix of a container runtime, colours of a terminal. */
export interface Wrapper {
  name: string;
  title: string;
  /** The line inside, null for what is not wrapped so, as SQL and for JavaScript. */
  sql(raw: string): string;
  line(raw: string): string | undefined;
  /** When the line was written, as SQL; absent where a wrapper says nothing of its own. */
  time?(raw: string): string;
  host?(raw: string): string;
  service?(raw: string): string;
  parted?: PartedLines;
}

/** A format whose lines are wrapped. What the inner format does not understand keeps the time and text of the wrapper. */
export function wrapped(wrapper: Wrapper, inner: LogFormat): LogFormat {
  const { name, title, time } = wrapper;
  // A line that is not wrapped is taken as it is.
  const unwrap = (raw: string) => `coalesce(${wrapper.sql(raw)}, ${raw})`;
  const { parted } = wrapper;
  const shared = {
    unwrap: { sql: unwrap, line: wrapper.line },
    text: (raw: string, trace: string) => (parted ? joined(parted, raw, trace) : raw),
    ...(parted && { parted }),
  };
  const text = (raw: string) => inner.text?.(unwrap(raw), "cast(null as string)") ?? unwrap(raw);
  if (!time) return { ...inner, ...shared, key: `${name} ${inner.key ?? ""}`, parts: raw => inner.parts(text(raw)) };
  const { broad: _, fits: __, goesOn: ___, ...kept } = inner;
  return {
    ...kept,
    ...shared,
    name: inner.name === UNWRAPPED.name ? name : `${name}/${inner.name}`,
    title: inner.name === UNWRAPPED.name ? title : `${title}: ${inner.title}`,
    // Each line has its own time here, and those of several programs may be mixed: only a trace belongs to the line above.
    follows: "traces",
    parts: raw =>
      `named_struct('i', ${inner.parts(text(raw))}, 't', ${wrapper.sql(raw)}, 'at', ${time(raw)}, 'h', ${wrapper.host?.(raw) ?? NOTHING}, 's', ${wrapper.service?.(raw) ?? NOTHING})`,
    understood: parts => `${parts}.t is not null`,
    columns(parts, options) {
      const found = inner.columns(`${parts}.i`, options);
      const message = found.message ?? NOTHING;
      const isKnown = `coalesce(${message}, '') <> ''`;
      const rest = Object.fromEntries(
        (["host", "service"] as const).map(column => [
          column,
          `coalesce(${found[column] ?? NOTHING}, ${parts}.${column === "host" ? "h" : "s"})`,
        ]),
      ) as Partial<Record<ParsedColumn, string>>;
      return {
        ...found,
        ...rest,
        time: `coalesce(${found.time ?? "cast(null as timestamp)"}, ${parts}.at)`,
        level: `if(${isKnown}, ${found.level ?? "'unknown'"}, ${levelInText(`${parts}.t`)})`,
        message: `if(${isKnown}, ${message}, ${parts}.t)`,
        ...(found.template && { template: `coalesce(${found.template}, ${parts}.t)` }),
      };
    },
  };
}

// The parts of a line are the first lines that follow it; behind the last of them may be a trace.
function joined({ open, piece, joined: join }: PartedLines, raw: string, trace: string): string {
  const pieces = `aggregate(split(${trace}, '\\n'), named_struct('text', '', 'open', true), (so, x) -> if(so.open,
    named_struct('text', concat(so.text, ${piece("x")}), 'open', ${open("x")} is not null), so), so -> so.text)`;
  return `if(${trace} is null or ${open(raw)} is null, ${raw}, ${join(raw, pieces)})`;
}

const NOTHING = "cast(null as string)";

/** Any text, the inner format where no other holds. */
export const UNWRAPPED: LogFormat = {
  name: "plain",
  title: "Text",
  rule: "A level that stands in the text, else its words; unknown where there is neither.",
  begins: String.raw`\S`,
  follows: "traces",
  broad: true,
  parts: raw => `array(${raw})`,
  understood: parts => `get(${parts}, 0) is not null`,
  columns: parts => ({ message: `get(${parts}, 0)`, level: levelInText(`get(${parts}, 0)`) }),
};
