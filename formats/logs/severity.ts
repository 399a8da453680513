import { sparkLiteral } from "../../connectors/iceberg/names.ts";
import { LEVEL_WORDS, levelOfNumber, levelOfStatus, levelOfWord } from "./levels.ts";

/**
 * What messages say where their format has no level. A pattern is tried only where one of the plain texts beside it
 * occurs: most lines have none of them. All are in small letters.
 */
const SEVERITIES = [
  {
    level: "critical",
    texts: ["panic", "fatal", "emerg", "critical"],
    pattern: `(?<![a-z])(?:kernel panic|panic(?:ked)?(?=:| at| -|$)|fatal|emergency|critical)(?![a-z])`,
  },
  {
    level: "error",
    texts: ["error", "fail", "exception", "out of memory", "oom", "segfault", "segmentation", "core dump", "bug:"],
    pattern: `(?<![a-z])(?:errors?(?![._-]logs?(?![a-z])|[ _-]handl)|failed|failures?|fail(?!2ban)|out of memory|oom[- ]?kill(?:er|ed)?|segfault|segmentation fault|core dumped|bug:)(?![a-z])|exception(?:s)?(?![a-z])`,
  },
  {
    level: "error",
    texts: ["corrupt", "lockup", "oops", "call trace", "traceback", "no space left", "protection fault"],
    pattern: String.raw`(?<![a-z])(?:corrupt(?:ed|ion)?|(?:soft|hard) lockup|oops:|call trace:|traceback \(|no space left|general protection fault)(?![a-z])`,
  },
  {
    level: "warn",
    texts: ["warn", "not responding", "blocked for more than"],
    pattern: `(?<![a-z])warn(?:ings?|ed)?(?![a-z])|not responding|blocked for more than`,
  },
] as const;

// `0 errors`, `no errors`, `failed: 0`, `error=none`: a count of zero is no error.
const TROUBLE =
  "errors?|failures?|failed|fail|fails|exceptions?|warnings?|warn|fatals?|critical|criticals|corruptions?";
const ZERO = String.raw`(?<![\w.,])(?:0|no|zero|without(?: any)?)[ -]+(?:${TROUBLE})(?![a-z])|(?<![a-z])(?:${TROUBLE})(?:[ _-](?:count|code|status|total))?[\x22']?(?: ?[:=] ?| )[\x22']?(?:0|0x0+|none|null|nil|false|no|ok|success)(?![\w.%]| ?(?:of|\/) ?\d)|(?:error|fail)-free`;

// A level that the program has written itself in front of its message: `FATAL no disk`, `[warn] x`, `level=error …`.
const OWN = String.raw`^(?:[\[(]?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?[\])]?[\s|:,-]*)?[\s\[(<*]{0,4}(?:(?:level|lvl|severity)=\x22?)?((?:${LEVEL_WORDS.toUpperCase()})(?=[\])>:\s,|-]|$)|(?i:${LEVEL_WORDS})(?=\]|\)|>)|(?<==|=\x22)(?i:${LEVEL_WORDS})(?!\w))`;

/** The level by what a message says, where its format has none: a level in front of it, else the words of a kept list. */
export function levelOfMessage(message: string, otherwise = "'info'"): string {
  return `coalesce(${ownLevel(message)}, ${keyedLevel(message)}, ${codedLevel(message)}, ${levelOfTexts(message, otherwise)})`;
}

// The letter of klog and glog, the answer of a web server, and of HAProxy, which has none where it got no answer.
const KLOG = String.raw`^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ `;
const ANSWER = String.raw`"[A-Z]{3,10} \S+ HTTP/[\d.]+" (\d{3}) `;
const HAPROXY = String.raw`^[\da-fA-F.:]+:\d+ \[\d\d/\w{3}/\d{4}:[\d:.]+\] \S+ \S+/\S+ [-\d/+]+ (-1|\d{3}) `;
const CISCO = String.raw`(?:^|[\s:])%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)?-([0-7])-[A-Z0-9_]+`;
const CEF = String.raw`^(?:CEF:)?\d+\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|(\d{1,2}|[A-Za-z-]+)\|`;
const LEEF = String.raw`^(?:LEEF:)?\d\.\d\|.*?[\t|^]sev=(\d{1,2})(?!\d)`;

// What collects messages of others has their levels inside: %ASA-3-710003 of Cisco, the seventh field of CEF, `sev=` of LEEF.
function codedLevel(message: string): string {
  const start = `left(${message}, 500)`;
  const found = (source: string) => `regexp_extract(${start}, ${sparkLiteral(source)}, 1)`;
  const graded = (severity: string) => `case when lower(${severity}) in ('9', '10', 'very-high') then 'critical'
    when lower(${severity}) in ('7', '8', 'high') then 'error' when lower(${severity}) in ('4', '5', '6', 'medium') then 'warn'
    when ${severity} <> '' then 'info' end`;
  const answer = (source: string) =>
    `if(${found(source)} = '-1', 'error', ${levelOfStatus(`try_cast(nullif(${found(source)}, '') as int)`)})`;
  return `case when ${start} rlike ${sparkLiteral(KLOG)} then ${levelOfWord(found(KLOG))}
    when contains(${start}, ' HTTP/') and ${start} rlike ${sparkLiteral(ANSWER)} then ${answer(ANSWER)} when contains(${start}, '/') and ${start} rlike ${sparkLiteral(HAPROXY)} then ${answer(HAPROXY)}
    when contains(${start}, '%') then ${levelOfNumber(`nullif(${found(CISCO)}, '')`, "syslog")}
    when ${start} rlike ${sparkLiteral(CEF)} then ${graded(found(CEF))} when ${start} rlike ${sparkLiteral(LEEF)} then ${graded(found(LEEF))} end`;
}

/** The level that a message has in front, null where there is none. */
function ownLevel(message: string): string {
  return foundLevel(`left(${message}, 60)`, OWN);
}

// A level in an object, or behind a key.
function keyedLevel(message: string): string {
  const start = `left(${message}, 1000)`;
  return `if(contains(${start}, 'level') or contains(${start}, 'severity') or contains(${start}, 'lvl'), ${foundLevel(start, KEYED)}, null)`;
}

// Only what has one is taken apart; bound to a name by a lambda, since a word is compared with many.
function foundLevel(text: string, source: string): string {
  const word = `regexp_extract(${text}, ${sparkLiteral(source)}, 1)`;
  return `if(${text} rlike ${sparkLiteral(source)}, get(transform(array(${word}), w -> ${levelOfWord("w")}), 0), null)`;
}

function levelOfTexts(message: string, otherwise: string): string {
  const low = `lower(left(${message}, 2000))`;
  const any = SEVERITIES.flatMap(({ texts }) => texts.map(text => `contains(${low}, '${text}')`)).join(" or ");
  const cases = SEVERITIES.map(({ level, pattern }) => `when t rlike ${sparkLiteral(pattern)} then '${level}'`).join(
    " ",
  );
  // Bound to a name by a lambda: written out, the zeros would be taken out four times.
  return `if(${any},
    get(transform(array(regexp_replace(${low}, ${sparkLiteral(ZERO)}, ' ')), t -> case ${cases} else ${otherwise} end), 0), ${otherwise})`;
}

export const MESSAGE_RULE =
  "The format has no levels: it is the word in front of the message, else what the message says: panic and fatal are critical; error, failed, failure, exception, out of memory, segfault are error; warn and “not responding” are warn; all others are info. “0 errors” is none.";

// A level in an object, behind a key, or in brackets or capitals within the first words.
const KEYED = String.raw`(?:"(?:level|severity|lvl|log_level|levelname)" ?: ?"|(?:^|\s)(?:level|lvl|severity)=\x22?)((?i:${LEVEL_WORDS}))(?!\w)`;
const EARLY = String.raw`^[^\[A-Z]{0,80}(?:[\w.:/@+-]{1,60} ){0,3}?\[? *(${LEVEL_WORDS.toUpperCase()})(?=[\s\]\[:|,)]|$)`;
const BRACKETED = String.raw`^.{0,120}?[\[(<|] *((?i:${LEVEL_WORDS})) *[\])>|]`;

/** The level of a text of any kind: one that stands in it, else what its words say; unknown where there is neither. */
export function levelInText(text: string): string {
  const beginning = `left(${text}, 1000)`;
  return `coalesce(${foundLevel(beginning, KEYED)}, ${foundLevel(beginning, BRACKETED)}, ${foundLevel(beginning, EARLY)}, ${levelOfMessage(text, "'unknown'")})`;
}
