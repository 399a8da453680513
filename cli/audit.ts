import { checkedLines, checkWholeArchive } from "../core/audit/check-archive.ts";
import { EXIT } from "../core/jobs/states.ts";
import { openProject, runCommand } from "./failure.ts";

/** `npm run audit`: checks the chain of records, makes the report anew from the archive, and says what was found. */
await runCommand(() => {
  const { settings, layout } = openProject();
  const checked = checkWholeArchive(layout, settings.AUDIT_KEY);
  const { problems } = checked;
  for (const line of checkedLines(checked)) console.log(line);
  if (problems.length === 0) {
    console.log("✓ The archive is whole: every record is as it was archived.");
    return EXIT.succeeded;
  }
  console.log(`✕ ${problems.length === 1 ? "1 problem" : `${problems.length} problems`} in the archive:`);
  for (const problem of problems) console.log(`  ${problem}`);
  return EXIT.failed;
});
