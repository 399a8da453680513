import { z } from "zod";
import type { JobType } from "../engine.ts";
import { confRefusal } from "./conf.ts";

const plain = (most: number) =>
  z
    .string()
    .max(most)
    .refine(text => !text.includes("\0"), "expected text without a zero byte");

const shape = z.strictObject({
  paths: z
    .array(plain(4096).min(1, "expected the path of a script"), { error: "expected a list of paths of scripts" })
    .min(1)
    .max(1000),
  arguments: z.array(plain(32_768)).max(1000).default([]),
  conf: z
    .record(z.string(), plain(2000))
    .superRefine((conf, context) => {
      for (const key of Object.keys(conf)) {
        const message = confRefusal(key);
        if (message) context.addIssue({ code: "custom", path: [key], message });
      }
    })
    .default({}),
  sha256: z
    .record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, "expected the SHA-256 of a script, 64 hexadecimal digits"))
    .default({}),
});

/** What a `run-script` job asks for. `sha256` says, by path, which bytes are meant: only those are run. */
export type RunScript = z.infer<typeof shape>;

/** The last part of a script's path. */
export function scriptName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Spark scripts of a folder in HDFS, each through spark-submit. */
export const runScript: JobType<RunScript> = {
  type: "run-script",
  lane: "copy",
  itemNoun: ["script", "scripts"],
  shape,
  title: ({ paths }) => (paths.length === 1 ? `Run ${scriptName(paths[0] ?? "")}` : `Run ${paths.length} scripts`),
  // Two runs of one script at the same time would write over each other.
  writes: ({ paths }) => paths.map(path => `script ${path}`),
  retryParameters: (parameters, paths) => ({
    ...parameters,
    paths: [...paths],
    sha256: Object.fromEntries(Object.entries(parameters.sha256).filter(([path]) => paths.includes(path))),
  }),
};
