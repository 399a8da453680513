import { spawn } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readSettings } from "../core/settings.ts";
import { collected, complaintsAbout } from "./connectors/snowflake/grammar.ts";
import { inOrder } from "./order.ts";
import { readResults, secondTries, slowestFiles } from "./results.ts";
import type { FilesToRun } from "./run-files.ts";

// `npm test` runs everything but the long tests, which are named `*.long.test.ts`; `npm test -- --long` runs them too.
// `npm test -- --cluster` runs those on a cluster alone, `*.cluster.test.ts`: each starts one of its own, and takes minutes;
// `npm test -- --cluster=short` runs the first facts of a YARN and a standalone one.
// `npm test -- tests/worker/queue/watch.test.ts` runs a part: what is named replaces the whole. With
// `--again` the files in which something failed are run once more: servers are killed and timed against each other here.
// A test that passes then is named at the end. `--no-stack` starts no services, for tests that need none. With
// `--minutes=50` no file starts after that time: those that did not run are named (docs/decisions/0036).
const given = process.argv.slice(2);
const minutes = given.map(argument => /^--minutes=(\d+)$/.exec(argument)?.[1]).find(Boolean);
const flags = new Set(
  given.filter(argument => /^--(again|cluster|cluster=short|long|no-stack|minutes=\d+)$/.test(argument)),
);
const isCluster = flags.has("--cluster") || flags.has("--cluster=short");
const mayTakeLong = isCluster || flags.has("--long") || given.some(argument => argument.endsWith(".long.test.ts"));
const named = given.filter(argument => !flags.has(argument));
const files = named.some(argument => !argument.startsWith("-")) ? [] : inOrder(all());
const folder = mkdtempSync(join(tmpdir(), "portal-test-run-"));
const end = minutes === undefined ? undefined : Date.now() + Number(minutes) * 60_000;
// What failed may try again a little later than others may start.
const MORE_FOR_SECOND_TRIES = 8 * 60_000;
// The terminal's Ctrl-C reaches the tests themselves; this process only has to outlive them.
process.on("SIGINT", () => {});

const first = await run("first", [...named, ...files], end);
if (first.durations.length > 20)
  console.log(["\nSlowest files:", ...slowestFiles(first.durations, process.cwd())].join("\n"));
const failed = [...new Set(first.results.filter(({ passed }) => !passed).map(({ file }) => file))];
if (first.code !== 0 && flags.has("--again") && failed.length > 0) {
  console.log(`\nOnce more:\n${failed.map(file => `  ${file}`).join("\n")}\n`);
  const options = named.filter(argument => argument.startsWith("-"));
  const second = await run("second", [...options, ...failed], end && end + MORE_FOR_SECOND_TRIES);
  process.exitCode = second.notRun.length > 0 ? 1 : second.code;
  console.log(["", ...secondTries(first.results, second.results, process.cwd())].join("\n"));
} else process.exitCode = first.code;
if (!(await isSnowflakesGrammar())) process.exitCode = 1;
if (first.notRun.length > 0)
  console.log(
    [`\nNot run, since ${minutes} minutes were over (${first.notRun.length} files):`, ...first.notRun].join("\n  "),
  );
rmSync(folder, { recursive: true, force: true });

function all(): string[] {
  const every = globSync("tests/**/*.test.ts");
  if (flags.has("--cluster=short"))
    return every.filter(file => /[/\\](standalone|yarn)\.cluster\.test\.ts$/.test(file));
  if (isCluster) return every.filter(file => file.endsWith(".cluster.test.ts"));
  return every.filter(
    file => !file.endsWith(".cluster.test.ts") && (flags.has("--long") || !file.endsWith(".long.test.ts")),
  );
}

interface Run extends ReturnType<typeof readResults> {
  code: number;
  /** Files that were not run, since the time was over. */
  notRun: string[];
}

function run(name: string, what: readonly string[], until: number | undefined): Promise<Run> {
  const written = join(folder, name);
  const notes = join(folder, `${name}-not-run`);
  const request: FilesToRun = {
    files: what.filter(argument => !argument.startsWith("-")),
    // Much of a test is waiting. A cluster and its executors fill a machine of two cores.
    concurrency: isCluster ? 1 : 2,
    // A file that hangs is ended, and is not waited for to the end of time.
    timeout: mayTakeLong ? 1_800_000 : 600_000,
    execArgv: what.filter(argument => argument.startsWith("-")),
    stack: !flags.has("--no-stack"),
    written,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, "run-files.ts"), JSON.stringify(request)], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...preloads(until, notes) },
  });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise(resolve =>
    child.on("exit", code =>
      resolve({
        code: code ?? 1,
        notRun: textOf(notes).split("\n").filter(Boolean),
        ...readResults(textOf(written)),
      }),
    ),
  );
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

// Every process of the run writes down what the product sends to Snowflake, also the workers and engines that tests start.
function preloads(until: number | undefined, notes: string): NodeJS.ProcessEnv {
  const modules = [join("connectors", "snowflake", "collect-statements.mjs"), "time-limit.mjs"];
  const imports = modules.map(module => `--import=${pathToFileURL(join(import.meta.dirname, module)).href}`);
  return {
    NODE_OPTIONS: [process.env.NODE_OPTIONS, ...imports].filter(Boolean).join(" "),
    SNOWFLAKE_STATEMENTS_FILE: join(folder, "statements"),
    TESTS_NOT_RUN_FILE: notes,
    // Every file loads much of the product, and every process that it starts: Node finds it compiled.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(readSettings().CACHE_DIR, "compiled"),
    ...(flags.has("--cluster=short") && { CLUSTER_FACTS: "short" }),
    TESTS_END_AT: until === undefined ? "" : String(until),
  };
}

// The stand-in knows only what we taught it: so the statements are held against a grammar that is not ours.
async function isSnowflakesGrammar(): Promise<boolean> {
  const statements = collected(join(folder, "statements"));
  if (statements.length === 0) return true;
  const complaints = await complaintsAbout(statements, readSettings().CACHE_DIR);
  console.log(`${statements.length} statements for Snowflake parsed, ${complaints.length} of them refused`);
  for (const { sql, why } of complaints) console.error(`\nNot Snowflake's SQL (${why}):\n${sql}`);
  return complaints.length === 0;
}
