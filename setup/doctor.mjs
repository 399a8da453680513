// `npm run doctor`: before anything is installed it says what is missing, and afterwards it starts the project's own doctor.
// Nothing is imported before the version of Node is known to be one that the rest of setup/ runs on.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OLDEST = /** @type {const} */ ([20, 12]);

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
const isInstalled = ["../node_modules/.bin/node", "../node_modules/.package-lock.json"].every(path =>
  existsSync(fileURLToPath(new URL(path, import.meta.url))),
);

if (isOld) {
  console.log(
    `✕  node  v${process.versions.node} is too old: install Node ${OLDEST.join(".")} or newer (Debian: \`apt-get install nodejs npm\`), then run the same command again.`,
  );
  process.exitCode = 1;
} else if (isInstalled) {
  process.argv.splice(2, 0, "cli/doctor.ts");
  await import("./launch.mjs");
} else {
  const { examineClone } = await import("./before-install.mjs");
  process.exitCode = await examineClone();
}
