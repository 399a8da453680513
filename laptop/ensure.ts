import { type Endpoint, type Endpoints, readEndpoints, recordEndpoint } from "../core/endpoints.ts";
import type { ProcessIdentity } from "../core/jobs/running.ts";
import type { Settings } from "../core/settings.ts";
import { identityOf } from "../core/system/process-identity.ts";
import { adopt, portOf } from "./adopt.ts";
import { freePort } from "./ports.ts";

/** The services of the laptop stack that this module can keep running. */
export type StackName = "azure" | "snowflake" | "metastore" | "spark" | "hdfs" | "kafka";

/** A service of the laptop stack: how it is known, and how it is started. */
export interface ServicePlan<N extends StackName = StackName> {
  name: N;
  title: string;
  usualPort: number;
  /** A hash of everything that decides how it runs. */
  launch: string;
  describe(port: number): Omit<NonNullable<Endpoints[N]>, keyof ProcessIdentity | "owner" | "launch">;
  /** Starts it and waits until it answers; `started` hears of its process at once. */
  start(port: number, started: (identity: ProcessIdentity) => void): Promise<void>;
}

/** A service that is there, or will be when `start` was called. */
export interface Ensured {
  name: StackName;
  port: number;
  how: "started" | "taken over" | "used";
  start(): Promise<void>;
}

/** Finds out whether a service still runs and is ours to end, and where it listens or will listen. */
export async function ensure<N extends StackName>(settings: Settings, plan: ServicePlan<N>): Promise<Ensured> {
  const recorded = readEndpoints(settings)[plan.name] as Endpoint | undefined;
  const owner = identityOf(process.pid);
  if (!owner) throw new Error("This process cannot see itself in the process table.");
  const standing = await adopt(recorded, plan.launch);
  if (recorded && standing !== "gone") {
    if (standing === "own") recordEndpoint(settings, plan.name, { ...recorded, owner } as Endpoints[N]);
    const how = standing === "own" ? "taken over" : "used";
    return { name: plan.name, port: portOf(recorded), how, start: async () => {} };
  }
  const port = await freePort(plan.usualPort);
  const record = (identity: ProcessIdentity) =>
    recordEndpoint(settings, plan.name, {
      ...plan.describe(port),
      ...identity,
      owner,
      launch: plan.launch,
    } as Endpoints[N]);
  return { name: plan.name, port, how: "started", start: () => plan.start(port, record) };
}
