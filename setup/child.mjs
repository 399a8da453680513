import { spawn } from "node:child_process";

/**
 * Runs a program and gives back what it printed; never through a shell.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(program, args, { env = process.env, cwd, onLine } = {}) {
  return new Promise(done => {
    const child = spawn(program, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (/** @type {Buffer} */ chunk) => {
      output += chunk;
      if (onLine) for (const line of String(chunk).split("\n")) onLine(line);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    // It is not left to itself where this process ends first.
    const end = () => void child.kill();
    process.once("exit", end);
    child.on("close", () => process.off("exit", end));
    child.on("error", error => done({ code: 127, output: `${output}${error.message}` }));
    child.on("close", code => done({ code: code ?? 1, output }));
  });
}
