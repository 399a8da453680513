import { nearest } from "../core/jobs/parse/problem.ts";
import { EXIT } from "../core/jobs/states.ts";
import { CommandError, runCommand } from "./failure.ts";

const USAGE = `usage: npm run job -- <command>

  submit file.json [--wait]      puts a job into queue/; --wait follows it and its chain to the end
  plan file.json                 what the job would do, and what stands in its way; changes nothing
  list [--all]                   what waits, runs and has ended; --all also lists plans and checks
  show <id> [--json]             everything about one job
  cancel <id> [--reason text]    ends a job that waits or runs
  retry <id> [--all] [--wait]    a new job with the tables that did not succeed; --all takes every table
  verify-certificate file.json   whether the archive says what a certificate says; needs no network`;

// Each is loaded when it is asked for: only `plan` needs Spark, and that takes longest to load.
const COMMANDS: Readonly<Record<string, (words: string[]) => Promise<number>>> = {
  submit: async words => (await import("./jobs/submit.ts")).submit(words),
  plan: async words => (await import("./jobs/plan.ts")).plan(words),
  list: async words => (await import("./jobs/list.ts")).printJobs(words),
  show: async words => (await import("./jobs/show.ts")).printJob(words),
  cancel: async words => (await import("./jobs/cancel.ts")).cancel(words),
  retry: async words => (await import("./jobs/retry.ts")).retry(words),
  "verify-certificate": async words => (await import("./verify-certificate.ts")).verify(words),
};

/** `npm run job -- …`: jobs, from a terminal. */
await runCommand(() => {
  const [word, ...rest] = process.argv.slice(2);
  if (word === undefined || word === "help" || word === "--help") {
    console.log(USAGE);
    return word === undefined ? EXIT.badJob : EXIT.succeeded;
  }
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (command) return command(rest);
  const near = nearest(word, Object.keys(COMMANDS));
  throw new CommandError(`There is no command "${word}"${near ? `: did you mean "${near}"?` : `.\n${USAGE}`}`, 2);
});
