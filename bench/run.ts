import { readdirSync } from "node:fs";
import { join } from "node:path";

/*
 * npm run bench -- <name> [arguments]        runs one benchmark; README.md says what each measures
 */
// What stands beside these folders is part of several programs.
const programs = new Map(
  ["tables", "files", "portal"].flatMap(folder =>
    readdirSync(join(import.meta.dirname, folder)).flatMap(file => {
      const [, name] = /^(.+)\.ts$/.exec(file) ?? [];
      return name ? [[name, `./${folder}/${file}`] as const] : [];
    }),
  ),
);
const [name = ""] = process.argv.splice(2, 1);
const program = programs.get(name);
if (program) await import(program);
else {
  console.error(
    `${name ? `There is no benchmark "${name}".` : "Which benchmark?"} npm run bench -- <${[...programs.keys()].join(" | ")}>`,
  );
  process.exitCode = 2;
}
