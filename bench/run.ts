import { readdirSync } from "node:fs";

/*
 * npm run bench -- <name> [arguments]        runs one benchmark; README.md says what each measures
 */
const programs = readdirSync(import.meta.dirname).flatMap(name => /^(.+)\.ts$/.exec(name)?.[1] ?? []);
// These are parts of the others.
const parts = ["cold", "job", "log-lines", "postgres", "products", "ratio", "requests", "run", "stack", "statements"];
const names = programs.filter(name => !parts.includes(name));
const [name = ""] = process.argv.splice(2, 1);
if (names.includes(name)) await import(`./${name}.ts`);
else {
  console.error(
    `${name ? `There is no benchmark "${name}".` : "Which benchmark?"} npm run bench -- <${names.join(" | ")}>`,
  );
  process.exitCode = 2;
}
