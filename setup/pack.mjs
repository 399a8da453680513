// `npm run pack`: one archive of the project at its commit, with everything that a production install needs, so that it can be
// unpacked and started where there is no network.
import { createHash } from "node:crypto";
import {
  cpSync,
  createReadStream,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "./child.mjs";
import { PACKED_CACHE, PROJECT, readEnvironment } from "./environment.mjs";
import { SetupError } from "./failure.mjs";

const NAME = "data-operations-portal";

/** The settings by which a set-up leaves something out. The archive has all, whatever this machine's settings say. */
const DECIDING = ["SPARK_REMOTE", "SPARK_MASTER", "SPARK_HOME", "SNOWFLAKE_ACCOUNT", "SCRIPTS_DIR", "WEBHDFS_URL"];

// Whoever runs the archive may be another user than the one who has made it.
process.umask(0o022);
try {
  await pack(process.argv[2]);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

/** @param {string | undefined} given */
async function pack(given) {
  const commit = (await git("rev-parse", "--short=12", "HEAD")).trim();
  if ((await git("status", "--porcelain")) !== "")
    console.log("There are changes that are not committed: the archive will not have them.");
  const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
  const name = `${NAME}-${version}-${commit}-${process.platform}-${process.arch}.tar.gz`;
  const archive = resolve(given ?? name);
  const staging = `${archive}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(archive), { recursive: true });
    mkdirSync(staging);
    const project = join(staging, NAME);
    await checkOut(staging);
    await install(project);
    await must("chmod", ["-R", "u+rwX,go+rX,go-w", project]);
    console.log("  Packing …");
    const part = join(staging, basename(archive));
    await must("tar", ["-czf", part, "-C", staging, NAME]);
    const hash = await sha256(part);
    writeFileSync(`${archive}.sha256`, `${hash}  ${basename(archive)}\n`);
    renameSync(part, archive);
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw cannotWrite(/** @type {Error} */ (error).message);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  console.log(
    `${archive} (${Math.round(statSync(archive).size / 1e6)} MB), and its checksum beside it, ${basename(archive)}.sha256`,
  );
}

/** @param {string} staging */
async function checkOut(staging) {
  const tar = join(staging, "project.tar");
  await git("-c", "tar.umask=0022", "archive", `--prefix=${NAME}/`, "--output", tar, "HEAD");
  await must("tar", ["-xf", tar, "-C", staging]);
  rmSync(tar);
}

/**
 * Sets the checked out project up for production, by its own set-up, and copies what that has put into the cache.
 * @param {string} project
 */
async function install(project) {
  const { CACHE_DIR } = readEnvironment();
  const env = { ...process.env, CACHE_DIR, ...Object.fromEntries(DECIDING.map(name => [name, ""])) };
  const set = await run(process.execPath, [join(project, "setup.mjs"), "--production"], {
    ...{ env, cwd: project },
    onLine: line => line.trim() && console.log(line),
  });
  if (set.code !== 0) throw new SetupError("Nothing was packed, since the set-up failed: see above.");
  /** @param {string} module */
  const own = module => import(pathToFileURL(join(project, "setup", module)).href);
  const { installJava } = await own("parts/java.mjs");
  const environment = { ...readEnvironment(env), CACHE_DIR };
  await installJava(environment);
  const layout = (await own("layout.mjs")).cacheLayout(CACHE_DIR);
  for (const folder of [layout.spark, layout.jars, layout.java])
    cpSync(folder, join(project, PACKED_CACHE, basename(folder)), { recursive: true, verbatimSymlinks: true });
}

/** @param {string[]} words */
async function git(...words) {
  const { code, output } = await run("git", ["-C", PROJECT, ...words]);
  if (code === 0) return output;
  throw new SetupError(`Only a git clone can be packed, and git says: ${output.trim()}`);
}

/**
 * @param {string} program
 * @param {string[]} words
 */
async function must(program, words) {
  const { code, output } = await run(program, words);
  if (code !== 0) throw cannotWrite(output.trim().split("\n").at(-1) ?? "");
}

/** @param {string} reason */
function cannotWrite(reason) {
  return new SetupError(
    `The archive can't be made (${reason}): make room for 3 GB, or name another place with \`npm run pack -- FILE\`.`,
  );
}

/** @param {string} file */
async function sha256(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}
