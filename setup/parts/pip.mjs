import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
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
  const work = workFolder(folder);
  const wanted = names.map(name => (name.includes("==") ? name : `${name}==${pinned(name)}`));
  await pip(what, ["install", "--no-deps", "--no-compile", "--target", folder, ...wanted], work, environment, note);
  rmSync(work, { recursive: true, force: true });
}

/**
 * Puts a pinned Python package into a folder: unpacks its source, where that is what there is and nothing has to be compiled,
 * instead of having it packed once more as a wheel. Returns the folder of the source, below `folder`; undefined where it came
 * as a wheel, and is installed.
 * @param {string} what
 * @param {string} name
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 * @param {(text: string) => void} note
 */
export async function unpackSource(what, name, folder, environment, note) {
  const work = workFolder(folder);
  const release = `${name}-${pinned(name)}`;
  await pip(what, ["download", "--no-deps", "--dest", work, `${name}==${pinned(name)}`], work, environment, note);
  const source = join(work, `${release}.tar.gz`);
  const isSource = existsSync(source);
  note("unpacking");
  if (isSource) await untar(what, source, folder, environment);
  else {
    const wheels = readdirSync(work).filter(file => file.endsWith(".whl"));
    const files = wheels.map(file => join(work, file));
    await pip(what, ["install", "--no-deps", "--no-compile", "--target", folder, ...files], work, environment, note);
  }
  rmSync(work, { recursive: true, force: true });
  return isSource ? join(folder, release) : undefined;
}

/**
 * @param {string} what
 * @param {string} archive
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function untar(what, archive, folder, env) {
  const { code, output } = await run("tar", ["-xzf", archive, "-C", folder, "--no-same-owner"], { env });
  if (code !== 0) throw installFailed(what, "tar", output);
}

/** @param {string} folder */
function workFolder(folder) {
  const work = join(folder, ".work");
  mkdirSync(work);
  return work;
}

/**
 * @param {string} what
 * @param {string[]} words
 * @param {string} work
 * @param {NodeJS.ProcessEnv} environment
 * @param {(text: string) => void} note
 */
async function pip(what, [command = "", ...words], work, environment, note) {
  // pip unpacks in TMPDIR first: in the same folder nothing has to be copied to another disk.
  const env = { ...environment, TMPDIR: work };
  const python = await findPip(join(work, "pip"), env);
  const quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"];
  const { code, output } = await run(python, ["-m", "pip", command, ...quiet, ...words], {
    env,
    onLine: line => note(/Downloading .*\((.*B)\)/.exec(line)?.[1]?.concat(" to download") ?? ""),
  });
  if (code !== 0) throw installFailed(what, "pip", output);
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
