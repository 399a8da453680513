import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../child.mjs";
import { installFailed, SetupError } from "../failure.mjs";
import { pinned } from "../layout.mjs";

const WAY_OUT = "or set SPARK_REMOTE in .env to use a Spark of your own";

/**
 * Installs pinned Python packages, without what they depend on, into a folder that can be moved. A name may bring its version.
 * @param {string} what
 * @param {string[]} names
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 * @param {(text: string) => void} note
 */
export async function installPython(what, names, folder, environment, note) {
  const work = join(folder, ".work");
  mkdirSync(work);
  // pip unpacks in TMPDIR first: in the same folder nothing has to be copied to another disk.
  const env = { ...environment, TMPDIR: work };
  const pip = await findPip(join(work, "pip"), env);
  const quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"];
  const wanted = names.map(name => (name.includes("==") ? name : `${name}==${pinned(name)}`));
  const { code, output } = await run(
    pip,
    ["-m", "pip", "install", ...quiet, "--no-deps", "--no-compile", "--target", folder, ...wanted],
    { env, onLine: line => note(/Downloading .*\((.*B)\)/.exec(line)?.[1]?.concat(" to download") ?? "") },
  );
  if (code !== 0) throw installFailed(what, "pip", output);
  rmSync(work, { recursive: true, force: true });
}

/**
 * A Python that has pip: the machine's, or one in an environment made for this purpose alone.
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function findPip(folder, env) {
  const { python, way } = await findInstaller(env);
  if (way === "pip") return python;
  const { code, output } = await run(python, ["-m", "venv", folder], { env });
  if (code !== 0) throw installFailed("pip", "Python's venv", output);
  return join(folder, "bin", "python");
}

/**
 * The Python to install with, and whether it has pip itself or can make an environment that has. Changes nothing.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ python: string, way: "pip" | "venv" }>}
 */
export async function findInstaller(env) {
  const python = await findPython(env);
  if ((await run(python, ["-m", "pip", "--version"], { env })).code === 0) return { python, way: "pip" };
  // Debian's Python has the module venv, but not what it needs to put pip into an environment.
  if ((await run(python, ["-c", "import venv, ensurepip"], { env })).code === 0) return { python, way: "venv" };
  throw new SetupError(
    `Python has neither pip nor venv: install one (Debian: \`apt-get install python3-pip\`), ${WAY_OUT}.`,
  );
}

/** @param {NodeJS.ProcessEnv} env */
async function findPython(env) {
  const question = "import sys; sys.exit(sys.version_info < (3, 10))";
  for (const python of ["python3", "python"])
    if ((await run(python, ["-c", question], { env })).code === 0) return python;
  throw new SetupError(
    `Python 3.10 or newer was not found: install it (Debian: \`apt-get install python3 python3-pip\`), ${WAY_OUT}.`,
  );
}
