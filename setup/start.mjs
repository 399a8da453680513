// `npm start`: installs what is missing, and starts the project on its own Node as soon as npm's packages are there. The portal
// opens while the rest is on its way. Runs on any Node from 20 on, without dependencies.
import { join } from "node:path";
import { PROJECT } from "./environment.mjs";
import { SetupError } from "./failure.mjs";
import { install } from "./install.mjs";
import { runOnOwnNode } from "./own-node.mjs";
import { drawNoMore } from "./progress.mjs";

try {
  const { packages, all } = install([]);
  // Without its packages nothing can be started. What the others have downloaded by then is there for the next try.
  await packages.catch(() => all);
  start(all);
} catch (error) {
  fail(error);
}

/** @param {Promise<void>} rest */
function start(rest) {
  drawNoMore();
  const child = runOnOwnNode(join(PROJECT, "start.ts"), process.argv.slice(2), "ipc");
  // Whoever waits for the rest is told how it ended; one that was told to stop meanwhile is gone.
  const tell = (/** @type {{ failed?: string }} */ message) => void (child.connected && child.send(message, () => {}));
  rest.then(
    () => tell({}),
    error => {
      if (!(error instanceof SetupError)) throw error;
      tell({ failed: error.message });
    },
  );
  // Downloads that nobody waits for any more end with it.
  child.once("exit", () => setImmediate(() => process.exit()));
}

/** @param {unknown} error */
function fail(error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
