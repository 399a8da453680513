import { readSettings } from "../core/settings.ts";
import { makeFilesPrivate } from "../core/system/private.ts";
import { trustAuthorities } from "../core/tls/authorities.ts";
import { reportTo } from "../setup/report.mjs";
import { stackNames } from "./plans.ts";
import { errorMessage, onStopSignal } from "./screen.ts";
import { laptopStack, watchStack } from "./stack.ts";
import { startLaterShown, startShown, warmShown, watchWantedShown } from "./start.ts";

makeFilesPrivate();
const settings = readSettings();
trustAuthorities(settings);
const stack = laptopStack(settings);
let stopping = false;
let unwatch = () => {};

onStopSignal(async again => {
  stopping = true;
  unwatch();
  if (!again) console.log("\nEnding the laptop stack.");
  await stack.stop(again ? 0 : undefined);
  process.exit(0);
});

try {
  reportTo(settings.LAPTOP_DIR);
  await startShown(stack, settings);
  await warmShown(settings);
  if (stackNames(settings).length === 0) console.log("  All is set to your own: there is nothing to start.");
  else {
    watchStack(stack, settings.LAPTOP_DIR);
    unwatch = watchWantedShown(stack, settings);
    console.log("\nReady. Ctrl-C ends what was started here.");
    await startLaterShown(stack, settings);
  }
} catch (error) {
  if (!stopping) {
    console.error(`\n${errorMessage(error)}`);
    await stack.stop();
    process.exit(1);
  }
}
