import { randomUUID } from "node:crypto";
import { openChannel } from "./channel.ts";
import { connect } from "./connection.ts";
import { parseRemote, type Remote } from "./remote.ts";

/**
 * Asks a server for its version in a new session, and gives it. A server whose application has ended still accepts
 * connections and answers in the sessions that it has; it can't make a new one. Fails as every call does.
 */
export async function askServer(server: Remote | string, milliseconds: number): Promise<string> {
  const remote = typeof server === "string" ? parseRemote(server) : server;
  const channel = openChannel(remote);
  const caller = { sessionId: randomUUID(), userId: remote.userId ?? "health", clientType: "data-operations-portal" };
  const connection = connect(channel, caller);
  try {
    const answer = await connection.unary("AnalyzePlan", { spark_version: {} }, milliseconds);
    await connection.unary("ReleaseSession", {}, milliseconds).catch(() => undefined);
    return answer.spark_version?.version ?? "";
  } finally {
    channel.close();
  }
}
