import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import type { Split } from "./count.ts";
import { followsOf, type Group, headerLines, scanLines } from "./lines.ts";

/**
 * The records of a group: source, line, raw, trace, base, cut, dayFirst. Lines that follow go to the record above, also over the
 * edge of a split. Nothing is sorted but those lines, and nothing at all where there are none.
 */
export function records(group: Group, splits: readonly Split[]): string {
  const lines = numbered(group, splits);
  const { format } = group;
  const header = headerLines(format);
  const behind = header ? ` where line > ${header}` : "";
  if (splits.every(split => split.following === 0n))
    return `select source, line, raw, cast(null as string) as trace, base, cut, dayFirst from (${lines})${behind}`;
  const marked = `select *, line > ${header + 1} and ${followsOf(group)} as follows from (${lines})${behind}`;
  const owned = `select *, if(first = firstLine, carry, first - 1) as owner from (
    select *, min(line) over (partition by source, firstLine, run) as first from (
      select *, line - row_number() over (partition by source, firstLine order by line) as run from (${marked}) where follows))`;
  const traces = `select source as owner_source, owner, array_sort(collect_list(struct(line, raw))) as rest from (${owned})
    where line - owner <= ${LONGEST} group by source, owner`;
  const hint = sum(splits, "followingBytes") < BROADCAST ? "/*+ broadcast(t) */" : "";
  const joined = `select ${hint} r.*, rest from (select * from (${marked}) where not follows) r
    left join (${traces}) t on source = owner_source and line = owner`;
  const all = format.quote ? closed(joined, format.quote) : whole(joined);
  if (sum(splits, "following") <= LONGEST) return all;
  return `${all} union all select source, line, raw, cast(null as string) as trace, base, cut, dayFirst from (${owned}) where line - owner > ${LONGEST}`;
}

// No record has more lines: a file of which the first line alone is known must not become one row.
const LONGEST = 10_000;

const BROADCAST = 32n * 1024n * 1024n;

// A line's number is the number of the first line of its split, and how many ids lie between the two.
function numbered(group: Group, splits: readonly Split[]): string {
  const rows = splits.map(({ path, start, length, file, firstId, firstLine, carry, years, dayFirst }) => {
    const texts = [path, file.name].map(sparkLiteral).join(", ");
    return `(${texts}, ${start}L, ${length}L, ${firstId}L, ${firstLine}L, ${carry}L, ${years?.base ?? 0}, ${years?.cut ?? 0}, cast(${dayFirst} as boolean))`;
  });
  const changed = "raise_error('A file was written to while it was read: read it again.')";
  return `select /*+ broadcast(f) */ if(f.source is null, ${changed}, f.source) as source, l.id - f.firstId + f.firstLine as line, l.raw,
    f.firstLine, f.carry, f.base, f.cut, f.dayFirst${group.hasParts ? ", l.goes" : ""} from (${scanLines(group)}) l left join (select * from values ${rows.join(", ")}
    as f(path, source, start, length, firstId, firstLine, carry, base, cut, dayFirst)) f
    on l.path = f.path and l.start = f.start and l.length = f.length`;
}

function whole(joined: string): string {
  return `select source, line, raw, ${text("rest")} as trace, base, cut, dayFirst from (${joined})`;
}

// A line follows only as long as a quote is open; the others stand for themselves.
function closed(joined: string, quote: string): string {
  const odd = (line: string) => `mod(length(${line}) - length(replace(${line}, '${quote}', '')), 2) = 1`;
  const taken = `aggregate(rest, named_struct('open', ${odd("raw")}, 'taken', 0),
    (so, x) -> named_struct('open', so.open and not (${odd("x.raw")}), 'taken', so.taken + if(so.open, 1, 0)), so -> so.taken)`;
  const own = `concat(array(named_struct('line', line, 'raw', raw, 'trace', ${text("slice(rest, 1, taken)")})),
    transform(slice(rest, taken + 1, size(rest) - taken), x -> named_struct('line', x.line, 'raw', x.raw, 'trace', cast(null as string))))`;
  return `select source, one.line as line, one.raw as raw, one.trace as trace, base, cut, dayFirst from (
    select source, base, cut, dayFirst, explode(${own}) as one from (
      select *, ${taken} as taken from (select * except (rest), coalesce(rest, array()) as rest from (${joined}))))`;
}

function text(rest: string): string {
  return `if(coalesce(size(${rest}), 0) > 0, concat_ws('\\n', transform(${rest}, x -> x.raw)), null)`;
}

function sum(splits: readonly Split[], figure: "following" | "followingBytes"): bigint {
  return splits.reduce((total, split) => total + split[figure], 0n);
}
