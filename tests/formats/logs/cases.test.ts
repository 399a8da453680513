import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Case, check } from "./cases.ts";
import { type LogWorld, logWorld } from "./world.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const ends: (() => unknown)[] = [];
let world: LogWorld | undefined;
after(async () => {
  for (const end of ends) await end();
});

for (const name of readdirSync(FIXTURES).filter(file => file.endsWith(".json"))) {
  test(`${name.replace(".json", "").replaceAll("-", " ")} is read as it is`, async () => {
    world ??= await logWorld({ after: end => void ends.push(end as () => unknown) });
    const right = JSON.parse(readFileSync(join(FIXTURES, name), "utf8")) as Case;
    const content = readFileSync(join(FIXTURES, right.file));
    const { [right.file]: lines = [] } = await world.read({ [right.file]: { content, ...right.options } });
    check(lines, right);
  });
}
