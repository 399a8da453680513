import { checkedLines, checkWholeArchive } from "../../core/audit/check-archive.ts";
import { countItems } from "../../core/jobs/states.ts";
import type { Settings } from "../../core/settings.ts";
import { layoutOf } from "../../core/store/layout.ts";
import type { Engine } from "../engine.ts";
import type { CheckArchive } from "./parameters.ts";

/** Checks the chain of records with AUDIT_KEY, if one is set, and makes the report anew. */
const engine: Engine<CheckArchive, undefined> = {
  async plan() {
    return { steps: [{ table: "archive", target: "", action: "check", detail: undefined }], parallel: 1 };
  },
  run: async (_, { settings }) => check(settings),
};

export default engine;

const TOLD = 100;

function check({ DATA_DIR, AUDIT_KEY }: Settings) {
  const checked = checkWholeArchive(layoutOf(DATA_DIR), AUDIT_KEY);
  const { problems } = checked;
  const lines = checkedLines(checked);
  const [first, ...others] = problems;
  if (first === undefined)
    return { outcome: "succeeded" as const, notes: [...lines, "every record is as it was archived"] };
  const more = problems.length - TOLD;
  const notes = [
    ...lines,
    ...problems.slice(0, TOLD),
    ...(more > 0 ? [`and ${more} more: run \`npm run audit\``] : []),
  ];
  const message =
    others.length === 0 ? first : `${countItems(problems.length, PROBLEMS)} in the archive, the first: ${first}`;
  return { outcome: "failed" as const, notes, error: { message, hint: HINT } };
}

const PROBLEMS = ["problem", "problems"] as const;
const HINT = "Compare archive/ with your backup, and the newest hash with the one that was exported last.";
