import { z } from "zod";
import type { JobType } from "../engine.ts";

const shape = z.strictObject({
  /** An upload, a path below FILES_FROM, or `sample`; may be gzipped. */
  file: z.string().min(1).max(1000),
  topic: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, "expected the name of a Kafka topic: letters, digits, dots, dashes, underscores")
    .refine(name => name !== "." && name !== "..", "expected the name of a Kafka topic"),
  /** Without it, as fast as it goes. */
  linesPerSecond: z.number().min(0.1).max(1_000_000).optional(),
});

/** What a `replay-logs` job asks for. */
export type ReplayLogs = z.infer<typeof shape>;

/** The lines of a file into a Kafka topic, as the services that wrote them would have sent them. */
export const replayLogs: JobType<ReplayLogs> = {
  type: "replay-logs",
  // Slow ones run for hours and only wait: they take no place from those that work.
  lane: "stream",
  itemNoun: ["file", "files"],
  // Kafka's absence is waited for; an engine that is killed goes on where it was.
  maxAttempts: 20,
  shape,
  title: ({ file, topic }) => `Send the lines of ${file.slice(file.lastIndexOf("/") + 1)} to the topic ${topic}`,
  // Services write into a topic side by side, and so may files.
  writes: () => [],
};
