import { styleText } from "node:util";
import { openTableSession } from "../connectors/iceberg/session.ts";
import type { Session } from "../connectors/spark/session.ts";
import { EXIT } from "../core/jobs/states.ts";
import { readSettings, type Settings } from "../core/settings.ts";
import { trustAuthorities } from "../core/tls/authorities.ts";
import { serviceChecks } from "../engines/check-services/checks.ts";
import { type Check, type CheckResult, runCheck } from "../engines/check-services/service-check.ts";
import { concealing } from "../engines/runner/conceal.ts";
import { runCommand } from "./failure.ts";
import { columns } from "./words.ts";

/** `npm run doctor`: looks at everything a job needs; each is well, or there is the sentence that mends it. */
await runCommand(async () => {
  let settings: Settings | undefined;
  const read: Check = {
    name: "settings",
    run: () => {
      const found = readSettings();
      trustAuthorities(found);
      settings = found;
      return [`DATA_DIR=${settings.DATA_DIR}`];
    },
  };
  const found = [row(read.name, await runCheck(read), 0)];
  if (settings) found.push(...(await examine(settings)));
  console.log(columns(found.map(({ cells }) => cells)).join("\n"));
  const unhealthy = found.filter(({ failed }) => failed).length;
  if (unhealthy > 0) console.log(`\n${unhealthy === 1 ? "1 thing needs" : `${unhealthy} things need`} mending.`);
  return unhealthy > 0 ? EXIT.failed : EXIT.succeeded;
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
        const found = conceal(await runCheck(check));
        return row(check.name, found, performance.now() - started);
      }),
    );
  } finally {
    await session?.release().catch(() => undefined);
    session?.close();
  }
}

function row(name: string, found: CheckResult, milliseconds: number): Row {
  const signs = { succeeded: styleText("green", "✓"), failed: styleText("red", "✕"), skipped: styleText("dim", "·") };
  const seconds = milliseconds < 1000 ? "" : ` (${(milliseconds / 1000).toFixed(1)} s)`;
  const description =
    found.outcome === "succeeded"
      ? `${found.notes.join(", ")}${seconds}`
      : [found.error.message, found.error.hint].filter(Boolean).join(" ");
  return { cells: [signs[found.outcome], name, description], failed: found.outcome === "failed" };
}
