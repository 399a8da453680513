import { readSettings } from "../settings.ts";
import { startStack } from "./stack.ts";

const stack = await startStack(readSettings(), console.log);
console.log(stack.services);
const stop = async () => {
  await stack.stop();
  process.exit(0);
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
setInterval(() => {}, 1e9);
