import { chownSync } from "node:fs";
import { userInfo } from "node:os";
import { execaSync } from "execa";
import { type Settings, SettingsError } from "../../core/settings.ts";

/** The user that scripts run as, where it is another than the worker's. */
export interface ScriptsUser {
  name: string;
  uid: number;
  gid: number;
}

/** Who scripts run as: SCRIPTS_USER; undefined where that is not set. Throws where this process can't run as it. */
export function scriptsUser({ SCRIPTS_USER: name }: Pick<Settings, "SCRIPTS_USER">): ScriptsUser | undefined {
  if (!name) return undefined;
  const [uid, gid] = [idOf("-u", name), idOf("-g", name)];
  if (uid === undefined || gid === undefined)
    throw new SettingsError(
      `SCRIPTS_USER=${name}: this machine has no such user. Make it, or correct this line in .env.`,
    );
  if (uid === 0 || uid === userInfo().uid)
    throw new SettingsError(
      `SCRIPTS_USER=${name} may do all that the worker's user may. Name a user of its own, without rights to DATA_DIR.`,
    );
  if (process.getuid?.() !== 0)
    throw new SettingsError(
      `Scripts can't run as SCRIPTS_USER=${name}: only a worker that runs as root may change users. Run it so, or take that line out of .env; then only administrators may upload scripts.`,
    );
  return { name, uid, gid };
}

/** Gives files to that user, and refuses where it can't read what a script needs. */
export function handOver({ name, uid, gid }: ScriptsUser, own: readonly string[], needed: readonly string[]): void {
  for (const path of own) chownSync(path, uid, gid);
  const options = { uid, gid, cwd: "/", reject: false };
  const closed = needed.find(path => execaSync("test", ["-r", path], options).exitCode !== 0);
  if (closed)
    throw new SettingsError(
      `SCRIPTS_USER=${name} can't read ${closed}, which scripts need: set CACHE_DIR or SPARK_HOME to a folder that it can read.`,
    );
}

/** The environment of that user: its own folder for a home, and no ticket of the worker's. */
export function scriptEnvironment(
  user: ScriptsUser,
  env: Record<string, string>,
  home: string,
): Record<string, string> {
  const { KRB5CCNAME: _, KUBECONFIG: __, TMPDIR: ___, ...rest } = env;
  return { ...rest, HOME: home, USER: user.name };
}

function idOf(option: "-u" | "-g", name: string): number | undefined {
  const { exitCode, stdout } = execaSync("id", [option, "--", name], { cwd: "/", reject: false });
  return exitCode === 0 && /^\d+$/.test(stdout) ? Number(stdout) : undefined;
}
