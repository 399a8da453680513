import assert from "node:assert/strict";
import { test } from "node:test";
import { decoderOf, findEncoding } from "../../../formats/csv/bytes/decode.ts";
import { readCase } from "./read-case.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");

test("bytes of another code page are not read as Windows-1252: a person is asked", async t => {
  const files = {
    Cyrillic: "id,name\n1,\xcc\xee\xf1\xea\xe2\xe0\n2,\xca\xe8\xe5\xe2\n",
    Greek: "id;n\n1;\xc1\xe8\xde\xed\xe1\n",
    Polish: "id,name\n1,W\xb3adys\xb3aw\n2,\xa3\xf3d\x9f\n",
    Czech: "id,name\n1,Dvo\xf8\xe1k\n2,P\xf8\xedbram\n",
    Hungarian: "id;n\n1;Gy\xf5r v\xe1ros\n2;f\xfcr\xf5d\xf3\n",
    Romanian: "id;n\n1;Bucure\xbati\n2;Constan\xfea\n",
    Turkish: "id;ad\n1;\xddstanbul\n2;Da\xf0\n",
    Macintosh: "id,name\r1,M\x9fller\r2,J\x8ager\r",
    DOS: "id,name\n1,J\x84ger\n2,Sch\x94n\n",
    Chinese: "id,name\n1,\xd6\xd0\xb9\xfa\n2,\xb1\xb1\xbe\xa9\n",
    Korean: "id,name\n1,\xbc\xad\xbf\xef\n2,\xba\xce\xbb\xea\n",
  };
  for (const [name, text] of Object.entries(files)) {
    const read = await readCase(t, bytes(text));
    assert.match(read.error ?? "", /encoding can't be told/, name);
    assert.equal(read.sniffed.choose, "encoding");
  }
  const told = await readCase(t, bytes(files.Polish), { given: { encoding: "Windows-1250" } });
  assert.deepEqual(told.rows, [
    ["1", "Władysław"],
    ["2", "Łódź"],
  ]);
});

test("Western languages are still read as Windows-1252 without a word", async t => {
  const texts = [
    "Größe ÄÖÜäöüß Straße § 3 1 m³/h Ärger ½ °C Übergröße",
    "à l'École « déjà vu » Noël CRÉÉE naïve aiguë sûr capharnaüm",
    "¿Qué? ¡Sí! Nº 3ª señor pingüino",
    "São João ações coração NÃO Luís",
    "Købmand Ærø Århus Søren",
    "Søren Jørgen",
    "Þórður Björnsson ísland",
    "één coördinatie perché è più città così",
    "£5 ¥7 5¢ ©",
  ];
  for (const text of texts) {
    const read = await readCase(t, bytes(`id;n\n1;${text}\n2;x\n`));
    assert.deepEqual([read.sniffed.dialect.encoding, read.rows[0]], ["Windows-1252", ["1", text]]);
  }
});

test("one byte of another encoding does not turn all of a UTF-8 file into Windows-1252", async t => {
  const good = "id,name\n1,Müller\n2,Größe\n3,Jäger\n";
  const one = await readCase(t, Buffer.concat([Buffer.from(good), bytes("4,Sch\xf6n\n")]));
  assert.match(one.error ?? "", /^Byte F6 in line 5 is no UTF-8\. Correct that line/);
  const marked = await readCase(t, Buffer.concat([Buffer.from("\uFEFFid,name\n1,x\n"), bytes("2,Sch\xf6n\n")]));
  assert.match(marked.error ?? "", /^Byte F6 in line 3 is no UTF-8/);
  const half = await readCase(t, Buffer.concat([Buffer.from("id;n\n1;ü\n"), bytes("2;\xf6\n")]));
  assert.match(half.error ?? "", /encoding can't be told/);
});

test("UTF-16 without a mark is found where Polish or Russian letters stand in it", () => {
  for (const text of ["id;name\r\n1;Łódź\r\n", "id;name;long\r\n1;Москва;abcdefghijk\r\n"]) {
    const little = Buffer.from(text, "utf16le");
    assert.equal(findEncoding(little), "UTF-16LE");
    assert.equal(decoderOf("UTF-16LE").write(little), text);
    assert.equal(findEncoding(Buffer.from(text, "utf16le").swap16()), "UTF-16BE");
  }
});

test("EBCDIC is called by its name", async t => {
  for (const hex of ["c9c46bd5c1d4c515f16bd3c1d4d715f26bc4c5e2d215", "89846b9581948515f16b9381949715"])
    assert.match((await readCase(t, Buffer.from(hex, "hex"))).error ?? "", /EBCDIC, no CSV: convert it first/);
});
