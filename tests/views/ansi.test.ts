import assert from "node:assert/strict";
import { test } from "node:test";
import { ansi, plainText, type StyledText } from "../../views/format/ansi.ts";

const ESC = "\x1b";

test("text without codes is one piece without classes, and nothing is no piece", () => {
  assert.deepEqual(ansi("a <b> & c\td"), [{ text: "a <b> & c\td", classes: [] }]);
  assert.deepEqual(ansi(""), []);
});

test("a coloured line of pino becomes pieces with classes", () => {
  assert.deepEqual(ansi(`[10:00:00] ${ESC}[32mINFO${ESC}[39m: ${ESC}[36mhi${ESC}[39m`), [
    { text: "[10:00:00] ", classes: [] },
    { text: "INFO", classes: ["ansi-green"] },
    { text: ": ", classes: [] },
    { text: "hi", classes: ["ansi-cyan"] },
  ]);
});

test("every look and its end is known", () => {
  const looks = `${ESC}[1mb${ESC}[22;2md${ESC}[0;3mi${ESC}[23;4mu${ESC}[24mp${ESC}[1;4;91mall${ESC}[mp`;
  assert.deepEqual(shown(ansi(looks)), [
    "b bold",
    "d dim",
    "i italic",
    "u underline",
    "p",
    "all bold underline bright-red",
    "p",
  ]);
});

test("256 colours and true colours become the nearest of sixteen, backgrounds are left out", () => {
  const colour = (codes: string) => ansi(`${ESC}[${codes}mx`)[0]?.classes.join(" ");
  assert.equal(colour("38;5;9"), "ansi-bright-red");
  assert.equal(colour("38;5;196"), "ansi-bright-red");
  assert.equal(colour("38;5;244"), "ansi-bright-black");
  assert.equal(colour("38;2;0;200;10"), "ansi-green");
  assert.equal(colour("38:2::255:255:10"), "ansi-bright-yellow");
  assert.equal(colour("38:2:0:0:230"), "ansi-blue");
  assert.equal(colour("48;5;196;1"), "ansi-bold");
  assert.equal(colour("48;2;1;31;1;3"), "ansi-italic");
  assert.equal(colour("41;32"), "ansi-green");
  for (const odd of ["38", "38;5", "38;2;1", "38;5;999", "38;2;x", ";;;", "999", "38:9:1"]) {
    assert.match(colour(odd) ?? "", /^(ansi-[a-z-]+)?$/, odd);
  }
});

test("links, titles, cursor moves and other controls are left out, their text stays", () => {
  assert.equal(plainText(`${ESC}]8;;javascript:alert(1)\x07link${ESC}]8;;\x07 a`), "link a");
  assert.equal(plainText(`${ESC}]8;;https://x${ESC}\\link${ESC}]8;;${ESC}\\`), "link");
  assert.equal(plainText(`${ESC}]0;a title\x07x${ESC}[2Ky${ESC}[3;4Hz${ESC}[?25lq${ESC}(Br${ESC}7s`), "xyzqrs");
  assert.equal(plainText("\x9b31mred\x07\x08\0 \x7f\x85end"), "red end");
  assert.equal(plainText("user\u202egnp.exe\u2066x"), "usergnp.exex");
});

test("a sequence without its end hides nothing that follows", () => {
  assert.equal(plainText(`${ESC}]0;title and ${ESC}[31mred`), "0;title and red");
  assert.equal(plainText(`a${ESC}`), "a");
  assert.equal(plainText(`a${ESC}[31`), "a31");
});

test("of a progress line the last state is kept", () => {
  assert.equal(plainText("10 %\r20 %\r30 %"), "30 %");
  assert.equal(plainText("10 %\r20 %\r\r"), "20 %");
  assert.equal(plainText("\rdone"), "done");
});

test("a line that is nothing but codes takes no more than its own length", () => {
  const line = `${ESC}[1;3;4mx`.repeat(1500);
  assert.deepEqual(shown(ansi(line)), [`${"x".repeat(1500)} bold italic underline`]);
  for (const bad of [`${ESC}]`, `${ESC}[`, `${ESC}P`, "\x9b", `${ESC}[1;`])
    assert.ok(ansi(bad.repeat(100_000)).length <= 1);
  assert.equal(plainText(`${"\r".repeat(500_000)}x`), "x");
});

function shown(pieces: readonly StyledText[]): string[] {
  return pieces.map(({ text, classes }) => [text, ...classes.map(name => name.replace("ansi-", ""))].join(" "));
}
