// Makes everything ready that a start or a test run needs: runs on any Node from 20 on, without dependencies.
import { SetupError } from "./setup/failure.mjs";
import { install } from "./setup/install.mjs";

try {
  await install(process.argv.slice(2)).all;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
