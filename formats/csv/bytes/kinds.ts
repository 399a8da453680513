/** What a file is that is no CSV, and what to do, in a sentence or two; undefined where it may be one. */
export function notCsv(head: Buffer): string | undefined {
  if (head.length === 0) return "The file is empty.";
  const text = head.subarray(0, 4096).toString("latin1");
  const found = KINDS.find(({ is }) => (typeof is === "string" ? text.startsWith(is) : is(text, head)));
  return found && `The file is ${found.what}, no CSV: ${found.remedy}.`;
}

const SAVE = "open it in its program and save it as CSV in UTF-8";
const UNPACK = "unpack it and upload the CSV files in it, or pack a single one with gzip or zstd";
const TABLES = "load it into a table with Spark or export it as CSV";

interface Kind {
  what: string;
  remedy: string;
  is: string | ((text: string, head: Buffer) => boolean);
}

const within = (name: string) => (text: string) => text.startsWith("PK\x03\x04") && text.includes(name);

const KINDS: readonly Kind[] = [
  {
    what: "an Excel workbook (xlsx)",
    remedy: SAVE,
    is: text => text.startsWith("PK\x03\x04") && /xl\/|\[Content_Types\]\.xml/.test(text) && !/word\/|ppt\//.test(text),
  },
  { what: "an OpenDocument spreadsheet (ods)", remedy: SAVE, is: within("opendocument.spreadsheet") },
  { what: "a Word or PowerPoint document", remedy: SAVE, is: text => within("word/")(text) || within("ppt/")(text) },
  { what: "a zip archive", remedy: UNPACK, is: text => /^PK(\x03\x04|\x05\x06|\x07\x08)/.test(text) },
  {
    what: "an old Excel workbook (xls) or another Office document",
    remedy: SAVE,
    is: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
  },
  { what: "a Parquet file", remedy: TABLES, is: text => text.startsWith("PAR1") || text.startsWith("PARE") },
  { what: "an ORC file", remedy: TABLES, is: text => /^ORC[\0-\x1f]/.test(text) },
  { what: "an Avro file", remedy: TABLES, is: "Obj\x01" },
  {
    what: "an Arrow or Feather file",
    remedy: TABLES,
    is: text => text.startsWith("ARROW1") || text.startsWith("FEA1"),
  },
  { what: "an HDF5 file", remedy: "export its table as CSV", is: "\x89HDF\r\n" },
  { what: "a SQLite database", remedy: "export its table as CSV", is: "SQLite format 3\0" },
  { what: "a 7-Zip archive", remedy: UNPACK, is: "7z\xbc\xaf\x27\x1c" },
  { what: "a RAR archive", remedy: UNPACK, is: "Rar!\x1a\x07" },
  { what: "a tar archive", remedy: UNPACK, is: text => text.slice(257, 262) === "ustar" },
  {
    what: "packed with bzip2",
    remedy: "unpack it first, or pack it with gzip or zstd",
    is: text => /^BZh[1-9](1AY&SY|\x17rE8P\x90)/.test(text),
  },
  { what: "packed with xz", remedy: "unpack it first, or pack it with gzip or zstd", is: "\xfd7zXZ\0" },
  { what: "packed with lz4", remedy: "unpack it first, or pack it with gzip or zstd", is: "\x04\x22\x4d\x18" },
  { what: "packed with Snappy", remedy: "unpack it first, or pack it with gzip or zstd", is: "\xff\x06\0\0sNaPpY" },
  { what: "packed with compress (.Z)", remedy: "unpack it first, or pack it with gzip or zstd", is: "\x1f\x9d" },
  {
    what: "packed twice",
    remedy: "unpack it once",
    is: text => text.startsWith("\x1f\x8b") || text.startsWith("\x28\xb5\x2f\xfd"),
  },
  { what: "text in EBCDIC", remedy: "convert it first, for instance with iconv -f IBM1047 -t UTF-8", is: isEbcdic },
  {
    what: "text in UTF-32",
    remedy: SAVE,
    is: text => text.startsWith("\xff\xfe\0\0") || text.startsWith("\0\0\xfe\xff"),
  },
  {
    what: "a dump of SQL",
    remedy:
      "run it in its database and export the table as CSV (COPY … TO … WITH (FORMAT csv, HEADER), SELECT … INTO OUTFILE)",
    is: text =>
      /^(\xef\xbb\xbf)?(?:\s|--[^\n]*\n|\/\*[^*]*\*\/;?)*(?:INSERT INTO |CREATE (?:TABLE|DATABASE) |DROP TABLE |COPY \S+ (?:\([^)\n]*\) )?FROM stdin;)/i.test(
        text,
      ) || /^--\r?\n-- PostgreSQL database dump|^-- (?:MySQL|MariaDB) dump /m.test(text),
  },
  {
    what: "a table as a terminal prints it",
    remedy: "have it printed as CSV: mysql --batch, psql --csv, beeline --outputformat=csv2",
    is: text => /^\+-{2,}[-+]*\+ *\r?\n *\|/.test(text),
  },
  { what: "a PDF document", remedy: "export the table that it was made from", is: "%PDF-" },
  { what: "an RTF document", remedy: SAVE, is: "{\\rtf" },
  {
    what: "a picture",
    remedy: "upload the table itself",
    is: text => /^(\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a)/.test(text),
  },
  { what: "a program", remedy: "upload the table itself", is: text => /^(\x7fELF|MZ[\s\S]{2}[\0-\x1f])/.test(text) },
  {
    what: "an HTML page",
    remedy:
      "it may be the error page or the log-in of the place that it was fetched from; fetch it again, or save its table as CSV",
    is: text => /^(\xef\xbb\xbf)?\s*(<!--[\s\S]*?-->\s*)?<(!doctype\s+html|html|head|body|table)\b/i.test(text),
  },
  {
    what: "an XML document",
    remedy: SAVE,
    is: text => /^(\xef\xbb\xbf)?\s*<(\?xml\b|[\w:.-]+\s[^<>]*\bxmlns\b|(svg|rss|feed)[\s>])/i.test(text),
  },
  {
    what: "encrypted or signed text, or a key (PGP, PEM)",
    remedy: "decrypt it first, and never upload a key",
    is: text => /^(\xef\xbb\xbf)?\s*-----BEGIN [A-Z0-9 ]+-----\r?\n/.test(text),
  },
  {
    what: "a pointer of Git LFS",
    remedy: "fetch the file itself with git lfs pull",
    is: text => /^version https:\/\/git-lfs\.github\.com\/spec\//.test(text),
  },
  {
    what: "YAML",
    remedy: "save its records as CSV",
    is: text => /^(\xef\xbb\xbf)?(%YAML [\d.]+\s+)?---[ \t]*\r?\n\s*(- )?[\w.-]+:([ \t]|\r?\n)/.test(text),
  },
  {
    what: "a list of objects as Python prints it",
    remedy: "write its records as CSV",
    is: text => /^(\xef\xbb\xbf)?\s*(\[\s*)?\{\s*'[^'\n]*'\s*:/.test(text),
  },
  {
    what: "JSON",
    remedy: "save its records as CSV",
    is: text =>
      /^(\xef\xbb\xbf)?\s*(\[\s*)?\{\s*("[^"\n]*"\s*:|\}|$)/.test(text) || /^(\xef\xbb\xbf)?\s*\[\s*\[/.test(text),
  },
];

// Letters and digits lie beyond ASCII there; commas and line ends have other numbers.
function isEbcdic(_text: string, head: Buffer): boolean {
  const bytes = head.subarray(0, 4096);
  const of = (signs: string) => bytes.filter(byte => signs.includes(String.fromCharCode(byte))).length;
  if (of(",;\t\n|") > 0) return false;
  const high = bytes.filter(byte => (byte & 0x8f) >= 0x81 && (byte & 0x0f) <= 9).length + of("\xf0");
  return high > 0.5 * bytes.length && high + of("@kK\x15%`z^\r\x05") > 0.95 * bytes.length;
}
