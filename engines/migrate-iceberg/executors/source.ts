import { readFileSync } from "node:fs";
import { type HdfsAddress, hdfsAddress } from "../../../connectors/hdfs/webhdfs.ts";
import { localPath } from "../../../connectors/table-files/read.ts";
import type { JobError } from "../../../core/jobs/outcome.ts";
import { type Settings, SettingsError } from "../../../core/settings.ts";
import { needSubmit } from "../../run-script/submit.ts";

const BY_GATEWAY = 'Leave "copy.on" out: then this machine reads and sends the files itself.';

/** How the tasks of a copy read the source: a folder that all of them have, or WebHDFS, to which a token may be shown. */
export type TaskSource = { nodes?: string[]; query?: Record<string, string> };

/** Why Spark's executors can't read below a location; undefined where they can. */
export function executorsRefusal(location: string, settings: Settings): JobError | undefined {
  try {
    needSubmit(settings);
    if (localPath(location)) return undefined;
    if (!location.startsWith("hdfs:"))
      return {
        message: `Executors read a source from HDFS or from a folder that all of them have, and this one lies at ${location}.`,
        hint: BY_GATEWAY,
      };
    const { password } = hdfsAddress(settings);
    if (password === undefined) return undefined;
    return {
      message: "Executors would need WEBHDFS_PASSWORD, and a password is given to no other machine.",
      hint: BY_GATEWAY,
    };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { message: error.message, hint: BY_GATEWAY };
  }
}

/** What an order tells of the source; `again` where a token was refused before. */
export async function taskSource(location: string, settings: Settings, how?: "again"): Promise<TaskSource> {
  if (localPath(location)) return {};
  const address = hdfsAddress(settings);
  const { url, others = [] } = address;
  return { nodes: [url, ...others], query: await askedBy(address, how) };
}

async function askedBy({ token, user }: HdfsAddress, how?: "again"): Promise<Record<string, string>> {
  if (token) return { delegation: await token(how) };
  return user === undefined ? {} : { "user.name": user };
}

/** The path by which a task opens a file. */
export function taskPath(file: string): string {
  return localPath(file) ?? file.replace(/^hdfs:\/\/[^/]*/, "").replace(/^hdfs:/, "");
}

/** The certificates that tasks trust beside those of their machine. */
export function taskAuthorities({ CA_FILE }: Pick<Settings, "CA_FILE">): string | undefined {
  return CA_FILE && readFileSync(CA_FILE, "utf8");
}
