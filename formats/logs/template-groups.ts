import { sparkLiteral } from "../../connectors/iceberg/names.ts";
import { MONTHS } from "./times/times.ts";

/**
 * Puts templates together that differ by a name only, as Drain does: `Accepted key for ann` and `… for bob` are of one kind.
 * Gives, for each that changes, the template of its kind. A place of a line is taken for a name where many different words
 * stand in it while all others are the same, or where lines of many words differ in few of them.
 */
export function templateGroups(templates: readonly string[]): Map<string, string> {
  const buckets = new Map<string, Kind[]>();
  for (const template of [...new Set(templates)].sort()) {
    const words = wordsOf(template);
    const key = `${words.length}`;
    const bucket = buckets.get(key) ?? [];
    bucket.push({ words, members: [template] });
    buckets.set(key, bucket);
  }
  const found = new Map<string, string>();
  for (const bucket of buckets.values())
    for (const { words, members } of alike(differing(bucket))) {
      const template = words.join(" ");
      for (const member of members) if (member !== template) found.set(member, template);
    }
  return found;
}

interface Kind {
  words: readonly string[];
  members: readonly string[];
}

/** How many different words a place must have to be a name: fewer are the words of as many messages. */
const NAMES = 4;
const ROUNDS = 5;

// What was put in quotes or brackets by the program, a date within a message and a list of values are one value each. The
// method of a request is none.
function wordsOf(template: string): string[] {
  const values = template
    .replace(/"(?:((?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT) )[^"]*|[^"]*)"/g, `"$1${HOLE}"`)
    .replace(/(?<=[\s=(:,[]|^)'[^']*'(?=$|[\s).,;:\]])/g, `'${HOLE}'`)
    .replace(MESSAGE_DATE, HOLE)
    .replace(/(?<=\s)\(\)(?=\s)/g, `(${HOLE})`)
    .replace(/#?<\*>#?(?:[,;|] ?#?<\*>#?)*/g, HOLE);
  return values.split(/ +/).map(word => (/^[\da-f]{8,}$/.test(word) ? HOLE : word));
}

const MESSAGE_DATE = new RegExp(String.raw`(?:<\*> )?\b(?:${MONTHS}) +<\*>(?: <\*>)*(?: (?:[A-Z]{3,4} )?<\*>)?`, "g");

function isHole(word: string): boolean {
  return word.includes(HOLE);
}

// The words that stand with a value in one word: `uid=` of `(uid=<*>)`.
function bare(word: string): string {
  return word.replace(/[^A-Za-z]+/g, " ").trim();
}

function isBare(word: string): boolean {
  return bare(word) === "";
}

// One place after the other: all lines that are equal but for it, where it has many words.
function differing(kinds: readonly Kind[]): Kind[] {
  let all = merged(kinds);
  for (let round = 0; round < ROUNDS; round++) {
    const contexts = new Map<string, Set<string>>();
    const keyOf = (words: readonly string[], at: number) =>
      `${at} ${words.map((word, i) => (i === at ? "" : word)).join(" ")}`;
    for (const { words } of all)
      for (const [at, word] of words.entries()) {
        if (isHole(word) || isKey(words, at)) continue;
        const key = keyOf(words, at);
        const variants = contexts.get(key) ?? new Set();
        variants.add(word);
        contexts.set(key, variants);
      }
    const next = merged(
      all.map(({ words, members }) => ({
        words: words.map((word, at) =>
          !isKey(words, at) && isVariable(contexts.get(keyOf(words, at)), words, at) ? holeFor(word) : word,
        ),
        members,
      })),
    );
    if (next.length === all.length) return next;
    all = next;
  }
  return all;
}

function isVariable(variants: ReadonlySet<string> | undefined, words: readonly string[], at: number): boolean {
  if (!variants || variants.size < 2) return false;
  // A line of one word and holes says all by that word; the first word is a verb more often than a name.
  const others = words.filter((word, i) => i !== at && !isHole(word)).length;
  if (others === 0) return false;
  const names = [...variants].filter(looksLikeName).length;
  if (names === variants.size && (at > 0 || variants.size >= NAMES)) return true;
  return variants.size >= (at === 0 || others < 3 ? 2 * NAMES : NAMES);
}

// The word in front of an equals sign says what its value is.
function isKey(words: readonly string[], at: number): boolean {
  return words[at + 1]?.startsWith("=") === true;
}

// A name of a host, a class, a file, a user's address: no word of a language is written so. Whether something is so or not
// is a message of its own.
function looksLikeName(word: string): boolean {
  if (/[:=](?:true|false)\W*$/.test(word)) return false;
  return /[a-z][A-Z]|[\w-][._@/\\:$][\w-]|_/.test(word) || /^[A-Z]{2,}[_-]/.test(word);
}

// Of `LOCAL(<*>),` and `<*>,` the second says what both are.
function shared(word: string, other: string): string {
  return isHole(other) && isBare(other) ? other : holeFor(word);
}

// What stands around a word stays: `ann,` becomes `<*>,`.
function holeFor(word: string): string {
  if (isHole(word)) return word;
  const [, before = "", after = ""] = /^([("'[<]*).*?([)"'\]>,;:.!?]*)$/.exec(word) ?? [];
  return `${before}${HOLE}${after}`;
}

/** How many of the words must be the same, where a line has enough of them. */
const SAME = 0.65;
const LEAST_SAME = 4;

// Lines that differ in several places at once, as a user and a host: most of their words are the same.
function alike(kinds: readonly Kind[]): Kind[] {
  const clusters: { words: string[]; kinds: Kind[] }[] = [];
  const byFirst = new Map<string, typeof clusters>();
  for (const kind of kinds) {
    const near = byFirst.get(kind.words[0] ?? "") ?? [];
    const cluster = near.find(({ words }) => isAlike(words, kind.words));
    if (cluster) {
      cluster.words = cluster.words.map((word, at) =>
        word === kind.words[at] ? word : shared(word, kind.words[at] ?? ""),
      );
      cluster.kinds.push(kind);
    } else {
      const made = { words: [...kind.words], kinds: [kind] };
      near.push(made);
      clusters.push(made);
      byFirst.set(kind.words[0] ?? "", near);
    }
  }
  // Two or three that look alike may be as many messages, unless it is names in which they differ.
  return clusters.flatMap(({ words, kinds: own }) => {
    const places = words.flatMap((_, at) => (new Set(own.map(kind => kind.words[at])).size > 1 ? [at] : []));
    const byNames = places.every(at =>
      own.every(kind => isHole(kind.words[at] ?? "") || looksLikeName(kind.words[at] ?? "")),
    );
    if (own.length > 1 && own.length < NAMES && !byNames) return own;
    return [{ words, members: own.flatMap(({ members }) => members) }];
  });
}

function isAlike(one: readonly string[], other: readonly string[]): boolean {
  let same = 0;
  let compared = 0;
  let named = 0;
  for (const [at, word] of one.entries()) {
    const second = other[at] ?? "";
    if (isHole(word) && isHole(second)) {
      if (bare(word) === bare(second)) continue;
      // `LOCAL(<*>)` and `<*>` are values of one place; `uid=<*>` and `LOGIN(uid=<*>)` are not.
      if (!(isBare(word) || isBare(second)) || /=/.test(word + second)) return false;
      named += 1;
      continue;
    }
    const names = (isHole(word) || looksLikeName(word)) && (isHole(second) || looksLikeName(second));
    if (word !== second && names) named += 1;
    else compared += 1;
    if (word === second) same += 1;
  }
  return same >= (named > 0 ? LEAST_SAME - 1 : LEAST_SAME) && same >= compared * SAME;
}

function merged(kinds: readonly Kind[]): Kind[] {
  const all = new Map<string, { words: readonly string[]; members: string[] }>();
  for (const { words, members } of kinds) {
    const key = words.join(" ");
    const known = all.get(key);
    if (known) known.members.push(...members);
    else all.set(key, { words, members: [...members] });
  }
  return [...all.values()];
}

/** What takes the place of whatever differs from one message of a kind to the next. */
export const HOLE = "<*>";

/** The message with its numbers, ids, addresses and paths taken out, as SQL. */
export function templateOf(message: string): string {
  return mask(`substring_index(${message}, '\\n', 1)`);
}

/** A part of a line with what differs taken out: every word with a digit in it, and paths of two names and more. */
export function mask(text: string): string {
  return `regexp_replace(left(${text}, ${LOOKED_AT}), ${MASK}, '${HOLE}')`;
}

/** A path of a web server with the names taken out that have a digit in them. */
export function maskPath(path: string): string {
  return `regexp_replace(left(${path}, ${LOOKED_AT}), r'(?<=/)[^/]*\\d[^/]*', '${HOLE}')`;
}

/** A path with the names taken out that are ids: numbers (but not the version of `/api/2/`), UUIDs, hexadecimal names, dates, long ones with digits. */
export function endpointKind(path: string): string {
  return `if(${path} rlike r'\\d', regexp_replace(left(${path}, ${LOOKED_AT}), r'(?<=/)(?!(?<=/api/)\\d(?=/|$))(?:(?:[A-Za-z]{1,8}[-_])?\\d+|[\\da-fA-F]{8}-[\\da-fA-F-]{8,}|(?=[A-Za-z]*\\d)[\\da-fA-F]{7,}|\\d{4}-\\d\\d-\\d\\d|(?=[\\w.@~-]*\\d)[\\w@~-]{16,}|[\\w.+-]+@[\\w.-]+)(?=/|$|\\.[a-z]{2,5}(?:/|$))', '${HOLE}'), ${path})`;
}

// What a message says shows in its beginning; one of a megabyte is not looked through.
const LOOKED_AT = 500;

// A word begins where no other sign of a word stands before it, so that each is tried once. Besides words with a digit and
// paths these differ: values behind `key=`, who stands behind `user`, mail addresses, names of hosts, days of the week.
const NOT_A_USER =
  "name|id|is|was|has|had|not|with|who|from|can|could|did|and|or|in|on|to|of|for|agent|account|input|session|unknown";
const DOMAINS = "com|net|org|edu|gov|io|de|uk|fr|jp|cn|ru|nl|info|local|internal|lan|example|invalid|test|localdomain";
const MASK = [
  String.raw`r'(?<![\w.:/@+-])(?:[\w.:/@+-]*\d(?:[\w.:/@+-]*[\w/])?|(?:/[\w.-]+){2,}/?`,
  String.raw`|[\w.+-]+@[\w.-]+\w|[A-Za-z-]+(?:\.[A-Za-z-]+){0,6}\.(?:${DOMAINS})(?![\w.])`,
  String.raw`|(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?(?!\w))`,
  String.raw`|(?<=\w=)[A-Za-z][^\s,;&)\]]*|(?<=(?<![A-Za-z])[Uu]ser )(?!(?:${NOT_A_USER})(?!\w))[A-Za-z][\w.-]*\w'`,
].join("");

/** A statement of SQL with its values taken out: texts in quotes and numbers, and lists of them. */
export function maskStatement(statement: string): string {
  const values = String.raw`'[^']*'|"[^"]*"|(?<![\w.])\d[\d.]*(?![\w.])`;
  const plain = `regexp_replace(left(${statement}, ${LOOKED_AT}), ${sparkLiteral(values)}, '${HOLE}')`;
  return `regexp_replace(${plain}, r'<\\*>(?: ?, ?<\\*>){1,500}', '${HOLE}')`;
}
