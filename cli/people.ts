import { nearest } from "../core/jobs/parse/problem.ts";
import { EXIT } from "../core/jobs/states.ts";
import { people } from "../core/people/people.ts";
import { openPeopleDb } from "../core/people/store.ts";
import { tokens } from "../core/people/tokens.ts";
import { CommandError, openProject, runCommand } from "./failure.ts";
import { PEOPLE_COMMANDS } from "./people/commands.ts";

const USAGE = `usage: npm run people -- <command>

  list                    who may come in
  add NAME ROLE           lets somebody in: viewer, operator or administrator; prints a link that logs them in
  link NAME               prints a link that logs somebody in, once, within 12 hours
  role NAME ROLE          changes what somebody may do
  disable NAME            keeps somebody out, their sessions and tokens too
  enable NAME             lets them in again
  connect NAME SUBJECT    lets somebody of the identity provider (OIDC_ISSUER) in as NAME
  password NAME           sets a password, typed here or read from standard input`;

/** `npm run people -- …`: who may come into the portal, from a terminal; also where nobody can log in any more. */
await runCommand(async () => {
  const [word, ...names] = process.argv.slice(2);
  if (word === undefined || word === "help" || word === "--help") {
    console.log(USAGE);
    return word === undefined ? EXIT.badJob : EXIT.succeeded;
  }
  const command = Object.hasOwn(PEOPLE_COMMANDS, word) ? PEOPLE_COMMANDS[word] : undefined;
  if (!command) {
    const near = nearest(word, Object.keys(PEOPLE_COMMANDS));
    throw new CommandError(`There is no command "${word}"${near ? `: did you mean "${near}"?` : `.\n${USAGE}`}`, 2);
  }
  if (names.length !== command.names.length)
    throw new CommandError(`usage: npm run people -- ${[word, ...command.names].join(" ")}`, EXIT.badJob);
  const { settings, layout } = openProject();
  const db = openPeopleDb(layout);
  try {
    await command.run({ settings, layout, people: people(db), tokens: tokens(db) }, names[0] ?? "", names[1] ?? "");
    return EXIT.succeeded;
  } finally {
    db.close();
  }
});
