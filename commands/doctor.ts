import { styleText } from "node:util";
import { type Check, type Found, lookAt } from "../engines/check-services/check.ts";
import { serviceChecks } from "../engines/check-services/checks.ts";
import { concealing } from "../engines/conceal.ts";
import { EXIT } from "../jobs/states.ts";
import { readSettings, type Settings } from "../settings.ts";
import type { Session } from "../spark/session.ts";
import { openTableSession } from "../tables/session.ts";
import { columns } from "./columns.ts";
import { runCommand } from "./failure.ts";

/** `npm run doctor`: looks at everything a job needs; each is well, or there is the sentence that mends it. */
await runCommand(async () => {
  let settings: Settings | undefined;
  const read: Check = {
    name: "settings",
    look: () => {
      settings = readSettings();
      return [`DATA_DIR=${settings.DATA_DIR}`];
    },
  };
  const found = [row(read.name, await lookAt(read), 0)];
  if (settings) found.push(...(await examine(settings)));
  console.log(columns(found.map(({ cells }) => cells)).join("\n"));
  const ill = found.filter(({ failed }) => failed).length;
  if (ill > 0) console.log(`\n${ill === 1 ? "1 thing needs" : `${ill} things need`} mending.`);
  return ill > 0 ? EXIT.failed : EXIT.succeeded;
});
// What did not answer in time may still be waited for.
process.exit();

interface Row {
  cells: string[];
  failed: boolean;
}

async function examine(settings: Settings): Promise<Row[]> {
  let session: Session | undefined;
  const open = async () => {
    session = await openTableSession(settings);
    return session;
  };
  const conceal = concealing(settings);
  try {
    return await Promise.all(
      serviceChecks(settings, open).map(async check => {
        const started = performance.now();
        const found = conceal(await lookAt(check));
        return row(check.name, found, performance.now() - started);
      }),
    );
  } finally {
    await session?.release().catch(() => undefined);
    session?.close();
  }
}

function row(name: string, found: Found, milliseconds: number): Row {
  const signs = { succeeded: styleText("green", "✓"), failed: styleText("red", "✕"), skipped: styleText("dim", "·") };
  const seconds = milliseconds < 1000 ? "" : ` (${(milliseconds / 1000).toFixed(1)} s)`;
  const told =
    found.outcome === "succeeded"
      ? `${found.notes.join(", ")}${seconds}`
      : [found.error.message, found.error.hint].filter(Boolean).join(" ");
  return { cells: [signs[found.outcome], name, told], failed: found.outcome === "failed" };
}
