/** Functions that Hive and Spark have under one name and do not mean alike, each with what differs. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  ...of("a missing argument makes Hive's result missing", "greatest least"),
  ...of(
    "texts that are no number, or have blanks around one",
    "cast int bigint smallint tinyint double float decimal boolean",
  ),
  ...of(
    "texts that are no date",
    "to_date date date_add date_sub datediff add_months last_day next_day months_between trunc",
  ),
  ...of("texts that are no date", "year quarter month day dayofmonth dayofweek weekofyear hour minute second extract"),
  ...of(
    "patterns, zones and texts that do not fit",
    "date_format from_unixtime unix_timestamp to_unix_timestamp to_timestamp",
  ),
  ...of("the zone of the session", "from_utc_timestamp to_utc_timestamp timestamp current_date current_timestamp"),
  ...of("how numbers are rounded, and their type", "round bround floor ceil ceiling format_number"),
  ...of("the sign, and a divisor of 0", "pmod mod"),
  ...of("positions of 0 and beyond the end", "substr substring substring_index instr locate"),
  ...of("padding with nothing, lengths below 0", "lpad rpad space repeat"),
  ...of("which blanks are cut off", "trim ltrim rtrim"),
  ...of("what is no letter", "initcap upper lower ucase lcase soundex translate reverse"),
  ...of("what does not match, and escapes in the pattern", "regexp_extract regexp_replace regexp rlike split like"),
  ...of("missing and broken JSON", "get_json_object json_tuple"),
  ...of("missing parts of an address", "parse_url parse_url_tuple"),
  ...of("missing values, and types that are no text", "concat concat_ws elt field find_in_set str_to_map"),
  ...of("a missing list or map", "size sort_array array_contains map_keys map_values explode posexplode inline stack"),
  ...of("Hive counts all rows, Spark all but one", "std stddev variance"),
  ...of("the type and the rounding of the result", "avg sum percentile percentile_approx histogram_numeric ntile"),
  ...of("the order of what is collected", "collect_set collect_list"),
  ...of(
    "another hash",
    "hash bucket_number mask mask_hash mask_first_n mask_last_n mask_show_first_n mask_show_last_n",
  ),
  ...of(
    "what is taken for a number or for bytes",
    "conv hex unhex bin base64 unbase64 encode decode crc32 md5 sha sha1 sha2",
  ),
  ...of(
    "arguments at and beyond the edge",
    "log ln log2 log10 pow power exp sqrt acos asin factorial shiftleft shiftright shiftrightunsigned",
  ),
  ...of("which rows count as one group", "grouping grouping__id"),
  ...of("missing values come first or last", "rank dense_rank row_number first_value last_value lag lead"),
  ...of("whoever asks", "current_user logged_in_user current_database rand"),
};

function of(why: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map(name => [name, why]));
}

/** One function or operator of a view that may mean something else in Spark. */
export interface Doubt {
  name: string;
  why: string;
}

/** The functions and operators of a view's HiveQL that Spark may mean otherwise, each once, in order of their names. */
function doubtsIn(sql: string): Doubt[] {
  const plain = withoutTexts(sql);
  const called = [...plain.matchAll(/\b([a-z_]\w*)\s*\(/gi)].map(match => (match[1] ?? "").toLowerCase());
  const words = [...plain.matchAll(/\b(rlike|regexp|like|current_date|current_timestamp|grouping__id)\b/gi)].map(
    match => (match[1] ?? "").toLowerCase(),
  );
  const names = [...new Set([...called, ...words])].filter(name => FUNCTIONS[name] !== undefined).sort();
  const found = names.map(name => ({ name, why: FUNCTIONS[name] ?? "" }));
  const operators = OPERATORS.filter(({ pattern }) => pattern.test(plain));
  return [...found, ...operators.map(({ name, why }) => ({ name, why }))];
}

/** What a plan says of views that Hive made: which of their functions are in doubt, and who can tell. */
export function doubtNotes(texts: readonly string[], mayAsk: boolean): string[] {
  const doubts = new Map(texts.flatMap(doubtsIn).map(({ name, why }) => [name, why]));
  if (doubts.size === 0) return [];
  const names = [...doubts].slice(0, MOST_TOLD).map(([name, why]) => `${name} (${why})`);
  const more = doubts.size > MOST_TOLD ? ` and ${doubts.size - MOST_TOLD} more` : "";
  const way = mayAsk
    ? 'Hive is asked whether it reads the same; "verify": "witness" demands it'
    : 'set HIVE_SERVER2_URL and "verify": "witness", and Hive itself is asked';
  return [`its SQL is Hive's, and Spark may mean something else by ${names.join(", ")}${more}: ${way}`];
}

const MOST_TOLD = 12;

const OPERATORS = [
  { name: "%", pattern: /%/, why: "the sign, and a divisor of 0" },
  { name: "/", pattern: /\//, why: "the type and the rounding of the result" },
  { name: "div", pattern: /\bdiv\b/i, why: "the type of the result, and a divisor of 0" },
  { name: "order by", pattern: /\border\s+by\b/i, why: "missing values come first or last" },
  { name: "with cube", pattern: /\bwith\s+(cube|rollup)\b|\bgrouping\s+sets\b/i, why: "which rows count as one group" },
  { name: "limit", pattern: /\blimit\b/i, why: "which rows are taken" },
  { name: "tablesample", pattern: /\btablesample\b/i, why: "which rows are taken" },
  { name: "lateral view", pattern: /\blateral\s+view\b/i, why: "a missing list or map" },
  { name: "||", pattern: /\|\|/, why: "missing values, and types that are no text" },
];

// Literals, quoted names and comments hold no function. A literal leaves its quotes.
function withoutTexts(sql: string): string {
  return sql.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs, "' '").replace(/`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\//g, " ");
}
