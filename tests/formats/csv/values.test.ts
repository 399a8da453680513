import assert from "node:assert/strict";
import { test } from "node:test";
import { declaredType } from "../../../formats/csv/types.ts";
import { offerFor, type Surroundings } from "../../../formats/csv/values/offer.ts";
import { type ValueFormat, valueReader } from "../../../formats/csv/values/read-value.ts";

const FILE: Surroundings = { delimiter: ",", whole: true };

function offered(values: string[], around: Partial<Surroundings> = {}): string {
  const { type, hint, decimal, thousands, pattern, nulls, booleans } = offerFor(values, { ...FILE, ...around });
  const words = { decimal, thousands, pattern, nulls: nulls?.join("|"), booleans: booleans?.join("|") };
  const format = Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return [type, ...format, ...(hint ? ["?"] : [])].join(" ");
}

/** What is taken of some values, and what is said of the rest. */
function read(type: string, values: string[], format: ValueFormat = {}): (string | undefined)[] {
  const one = valueReader(declaredType(type).type, format);
  return values.map(value => {
    const found = one(value);
    return "value" in found ? found.value : undefined;
  });
}

const nothing = (values: string[]) => values.map(() => undefined);

test("a type is offered only where every value would be written back as it was", () => {
  assert.equal(offered(["1", "-2", "0"]), "int");
  assert.equal(offered(["1", "2"], { whole: false }), "bigint", "further down there may be larger ones");
  assert.equal(offered(["3000000000"]), "bigint");
  assert.equal(offered(["9223372036854775807"]), "bigint");
  for (const values of [
    ["9223372036854775808"],
    ["01234", "12345"],
    ["+49", "+50"],
    ["1", " 2"],
    ["1_000"],
    ["-0"],
    ["12d", "7f"],
    ["0x1F"],
    ["1e5", "2e6"],
    ["NaN", "Infinity"],
    ["1.", "2."],
    [".5", ".7"],
    ["2.50", "3"],
    ["$1.00"],
    ["50%"],
    ["(1.00)"],
    ["1.00-"],
    ["١٢"],
    ["1-800-555"],
    ["1.2.3"],
  ])
    assert.match(offered(values), /^string/, values.join());
  assert.equal(offered(["2.50", "3.00"]), "decimal(20,2)");
  assert.equal(offered(["0.1", "0.25", "12.0"]), "double");
  assert.equal(offered(["1234567890123456789012345678901234567890"]), "string");
});

test("European numbers are offered with their marks, and stay text where the marks are in doubt", () => {
  const semicolon = { delimiter: ";" };
  assert.equal(offered(["1.234,56", "99,00"], semicolon), "decimal(20,2) decimal=, thousands=.");
  assert.equal(offered(["1,5", "2,5"], semicolon), "decimal(19,1) decimal=,");
  assert.equal(offered(["1 234,50", "2,25"], semicolon), "decimal(20,2) decimal=, thousands= ");
  assert.equal(offered(["1'234.50", "2.25"], semicolon), "decimal(20,2) thousands='");
  assert.equal(offered(["1\u00a0234", "12"], semicolon), "int thousands=\u00a0");
  assert.equal(offered(["1,234.50", "2,345.25"]), "decimal(20,2) thousands=,");
  assert.equal(offered(["12.500", "3.750"], semicolon), "string ?");
  assert.equal(offered(["1,234", "5,678"], semicolon), "string ?");
  assert.equal(offered(["12.500", "3.750"], { ...semicolon, decimal: "," }), "int decimal=, thousands=.");
  assert.equal(offered(["12.500", "3.750"], { ...semicolon, decimal: "." }), "decimal(21,3)");
  assert.equal(offered(["12.500", "0.750"], semicolon), "decimal(21,3)", "no thousands begin with a zero");
  assert.equal(offered(["1.234,56", "1234,56"], semicolon), "string", "written in two ways");
  assert.equal(offered(["1,23,456"]), "string");
});

test("words for nothing are found beside numbers and dates, not in text", () => {
  assert.equal(offered(["1", "NULL", "3"]), "int nulls=NULL");
  assert.equal(offered(["2.50", "n/a", "-", "3.00"]), "decimal(20,2) nulls=n/a|-");
  assert.equal(offered(["2026-01-01", "NaN"]), "date nulls=NaN");
  assert.equal(offered(["NA", "DE", "FR"]), "string", "Namibia");
  assert.equal(offered(["a", "\\N"]), "string nulls=\\N");
  assert.equal(offered(["NULL", "N/A"]), "string");
});

test("booleans are offered by both of their words, and 0 and 1 stay numbers", () => {
  assert.equal(offered(["true", "false"]), "boolean");
  assert.equal(offered(["TRUE", "FALSE"]), "boolean booleans=TRUE|FALSE");
  assert.equal(offered(["ja", "nein", "ja"]), "boolean booleans=ja|nein");
  assert.equal(offered(["Y", "N"]), "boolean booleans=Y|N");
  assert.equal(offered(["true", "FALSE"]), "string");
  assert.equal(offered(["Y", "Y"]), "string");
  assert.equal(offered(["0", "1"]), "int");
});

test("dates are offered by the one pattern that fits, and stay text where two do", () => {
  assert.equal(offered(["2026-01-31"]), "date");
  assert.equal(offered(["31.12.2026", "01.02.2026"]), "date pattern=dd.MM.yyyy");
  assert.equal(offered(["12/31/2026", "02/01/2026"]), "date pattern=MM/dd/yyyy");
  assert.equal(offered(["31/12/2026"]), "date pattern=dd/MM/yyyy");
  assert.equal(offered(["01/02/2026", "03/04/2026"]), "string ?");
  assert.equal(offered(["05/05/2026"]), "string ?");
  assert.equal(offered(["31-Jan-2026"]), "date pattern=dd-MMM-yyyy");
  assert.equal(offered(["5.1.2026", "31.12.2026"]), "date pattern=d.M.yyyy");
  assert.equal(offered(["2026-01-31 12:30:00"]), "timestamp");
  assert.equal(offered(["2026-01-31T12:30:00Z"]), "timestamp pattern=yyyy-MM-dd'T'HH:mm:ssXXX");
  assert.equal(offered(["31.01.2026 12:30"]), "timestamp pattern=dd.MM.yyyy HH:mm");
  for (const values of [
    ["2026-01", "2026-02"],
    ["12:30:00"],
    ["2026-02-30"],
    ["2026-01-31", "2026-01-31 12:00:00"],
    ["Q1 2026"],
    ["0000-00-00"],
  ])
    assert.equal(offered(values), "string", values.join());
  assert.equal(offered(["2026-01-31T12:30:00+02:00"]), "string ?", "the offset would be lost");
  assert.equal(offered(["20260131", "20261231"]), "int", "a number that loses nothing");
});

test("years of two digits and lone thousands are offered only where they can mean one thing", () => {
  for (const values of [
    ["26/11/29", "26/12/30"],
    ["29-11-26", "30-11-26"],
    ["26.11.29", "27.01.05"],
    ["13.05.65", "31.12.58"],
    ["13/05/50"],
  ])
    assert.equal(offered(values), "string ?", values.join());
  assert.equal(offered(["29.11.26", "05.12.99"]), "date pattern=dd.MM.yy");
  assert.equal(offered(["98/11/29", "97/12/31"]), "date pattern=yy/MM/dd");
  assert.equal(offered(["1,234", "12,500"]), "string ?", "German sheets write decimals so");
  assert.equal(offered(["1,234", "56"]), "int thousands=,");
  assert.equal(offered(["1,234", "1,234,567"]), "int thousands=,");
  assert.equal(offered(["1,234", "12,500"], { decimal: "," }), "decimal(21,3) decimal=,");
});

test("a cast takes no more than the whole of a value", () => {
  assert.deepEqual(read("date", ["2024-05-06", "0001-01-01"]), ["2024-05-06", "0001-01-01"]);
  const dates = [
    "2024-05",
    "2024",
    "2024-5-6",
    "2024-02-30",
    "2024-05-06 12:00",
    "2024-05-06T",
    " 2024-05-06",
    "06.05.2024",
    "12:30",
    "today",
    "20240506",
    "2024-05-06x",
  ];
  assert.deepEqual(read("date", dates), nothing(dates));
  assert.deepEqual(read("timestamp", ["2024-05-06 12:30", "2024-05-06T12:30:01.5Z", "2024-05-06 12:30:00+0200"]), [
    "2024-05-06 12:30:00",
    "2024-05-06 12:30:01.5Z",
    "2024-05-06 12:30:00+02:00",
  ]);
  const times = [
    "12:30",
    "12:30:00",
    "T12:30",
    "2024-05-06",
    "2024-05-06 24:00",
    "2024-05-06 12:60",
    "2024-05-06 12:30:61",
    "2024-05-06 12:30:00.1234567",
    "2024-05-06 12",
    "1715000000",
    "2024-05-06 12:30:00+25:00",
    "now",
  ];
  assert.deepEqual(read("timestamp", times), nothing(times));
  const numbers = [
    "12d",
    "7f",
    "0x1p3",
    "NaN",
    "Infinity",
    "-inf",
    "1_000",
    "1e999",
    " 1",
    "1 ",
    "+1",
    "01",
    "1.",
    ".5",
    "1,5",
    "٣",
    "1e",
    "--1",
    "",
  ];
  for (const type of ["int", "bigint", "double", "float", "decimal(10,2)"])
    assert.deepEqual(read(type, numbers), nothing(numbers), type);
  assert.deepEqual(
    read("double", ["1.5", "-0.25", "1e5", "2.5E-3", "0.1234567890123456", "9007199254740993", "1234567890123456789"]),
    ["1.5", "-0.25", "1e5", "2.5E-3", "0.1234567890123456", undefined, undefined],
  );
  assert.deepEqual(read("float", ["1.5", "16777217", "0.123456"]), ["1.5", undefined, "0.123456"]);
  assert.deepEqual(read("int", ["2147483647", "2147483648", "-2147483648", "-0", "1.0"]), [
    "2147483647",
    undefined,
    "-2147483648",
    undefined,
    undefined,
  ]);
  assert.deepEqual(read("decimal(5,2)", ["1.5", "999.99", "1000.00", "1.255", "-0.00", "3"]), [
    "1.5",
    "999.99",
    undefined,
    undefined,
    undefined,
    "3",
  ]);
  assert.deepEqual(read("boolean", ["true", "FALSE", "t", "1", "yes", "y", "on"]), [
    "true",
    "false",
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("values are read as a column says that they are written", () => {
  const german = { decimal: ",", thousands: "." } as const;
  assert.deepEqual(read("decimal(10,2)", ["1.234,56", "99,00", "12.34,5", "1234,56", "1,234.56"], german), [
    "1234.56",
    "99.00",
    undefined,
    "1234.56",
    undefined,
  ]);
  assert.deepEqual(read("int", ["12.500", "3", "12,5", "1.25"], german), ["12500", "3", undefined, undefined]);
  assert.deepEqual(read("date", ["31.12.2026", "31.02.2026", "2026-12-31"], { pattern: "dd.MM.yyyy" }), [
    "2026-12-31",
    undefined,
    undefined,
  ]);
  assert.deepEqual(read("date", ["01/02/26", "01/02/71"], { pattern: "MM/dd/yy" }), ["2026-01-02", "1971-01-02"]);
  assert.deepEqual(
    read("timestamp", ["01/31/2026 12:05 AM", "01/31/2026 12:05 PM", "01/31/2026 13:05 PM"], {
      pattern: "MM/dd/yyyy hh:mm a",
    }),
    ["2026-01-31 00:05:00", "2026-01-31 12:05:00", undefined],
  );
  assert.deepEqual(read("boolean", ["ja", "nein", "true"], { booleans: ["ja", "nein"] }), ["true", "false", undefined]);
});
