import { nearest } from "../jobs/problem.ts";
import { EXIT } from "../jobs/states.ts";
import { CommandError, runCommand } from "./failure.ts";

const USAGE = `usage: npm run job -- <command>

  submit file.json [--wait]      puts a job into queue/; --wait follows it to its end
  plan file.json                 what the job would do, and what stands in its way; changes nothing
  list [--all]                   what waits, runs and has ended; --all also lists plans and checks
  show <id> [--json]             everything about one job
  cancel <id> [--reason text]    ends a job that waits or runs
  retry <id> [--all] [--wait]    a new job with the tables that did not succeed; --all takes every table`;

// Each is loaded when it is asked for: only `plan` needs Spark, and that takes longest to load.
const COMMANDS: Readonly<Record<string, (words: string[]) => Promise<number>>> = {
  submit: async words => (await import("./submit.ts")).submit(words),
  plan: async words => (await import("./plan.ts")).plan(words),
  list: async words => (await import("./list.ts")).list(words),
  show: async words => (await import("./show.ts")).show(words),
  cancel: async words => (await import("./cancel.ts")).cancel(words),
  retry: async words => (await import("./retry.ts")).retry(words),
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
