import { nearest } from "../jobs/problem.ts";
import { EXIT } from "../jobs/states.ts";
import { people } from "../people/people.ts";
import { openPeopleDb } from "../people/store.ts";
import { tokens } from "../people/tokens.ts";
import { CommandError, runCommand } from "./failure.ts";
import { openProject } from "./open.ts";
import { DEEDS_OF_PEOPLE } from "./people-deeds.ts";

const USAGE = `usage: npm run people -- <command>

  list                    who may come in
  add NAME ROLE           lets somebody in: viewer, operator or administrator; prints a link that logs them in
  link NAME               prints a link that logs somebody in, once, within 12 hours
  role NAME ROLE          changes what somebody may do
  disable NAME            keeps somebody out, their sessions and tokens too
  enable NAME             lets them in again
  password NAME           sets a password, typed here or read from standard input`;

/** `npm run people -- …`: who may come into the portal, from a terminal; also where nobody can log in any more. */
await runCommand(async () => {
  const [word, ...names] = process.argv.slice(2);
  if (word === undefined || word === "help" || word === "--help") {
    console.log(USAGE);
    return word === undefined ? EXIT.badJob : EXIT.succeeded;
  }
  const deed = Object.hasOwn(DEEDS_OF_PEOPLE, word) ? DEEDS_OF_PEOPLE[word] : undefined;
  if (!deed) {
    const near = nearest(word, Object.keys(DEEDS_OF_PEOPLE));
    throw new CommandError(`There is no command "${word}"${near ? `: did you mean "${near}"?` : `.\n${USAGE}`}`, 2);
  }
  if (names.length !== deed.names.length)
    throw new CommandError(`usage: npm run people -- ${[word, ...deed.names].join(" ")}`, EXIT.badJob);
  const { settings, layout } = openProject();
  const db = openPeopleDb(layout);
  try {
    await deed.run({ settings, layout, people: people(db), tokens: tokens(db) }, names[0] ?? "", names[1] ?? "");
    return EXIT.succeeded;
  } finally {
    db.close();
  }
});
