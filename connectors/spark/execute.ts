import { randomUUID } from "node:crypto";
import { cancelOn } from "./cancel.ts";
import type { Connection } from "./connection.ts";
import { SparkError } from "./errors.ts";
import type { Arguments } from "./protocol/bind.ts";
import { literalText } from "./protocol/literal.ts";
import type { ExecuteResponse, PlanMessage, StreamAnswers } from "./protocol/messages.ts";
import { executionProgress, latest, type Progress } from "./protocol/progress.ts";
import { releaseOperation, responses } from "./protocol/responses.ts";
import { type Row, rowsOf } from "./protocol/rows.ts";
import { typeOf } from "./protocol/schema.ts";
import type { DataType } from "./protocol/types.ts";

/** How a statement is run. */
export interface Statement {
  /** A UUID, by which the statement can be found again; made up where none is given. */
  operationId?: string;
  tags?: string[];
  onProgress?: (progress: Progress) => void;
  /** Values for the `:name`s of the statement. */
  args?: Arguments;
  /** Takes the rows batch by batch as they come, instead of the result. */
  onRows?: (rows: Row[]) => void;
  /** Cancels the statement on the server. */
  signal?: AbortSignal;
}

/** A statement under way. It runs whether or not anybody looks at it. */
export interface Execution {
  readonly operationId: string;
  progress: AsyncIterable<Progress>;
  result: Promise<StatementOutcome>;
}

/** What a statement gave. */
export interface StatementOutcome {
  rows: Row[];
  schema?: DataType;
  /** Figures by the name of their observation, then by their own; 64-bit numbers and decimals as text. */
  observed: Record<string, Record<string, string | null>>;
  /** Set where a command turned out to be a query: Spark gave back its plan and ran nothing. */
  notRun?: true;
  /** The answer to a streaming command. */
  stream?: StreamAnswers;
}

/** Sends a plan and gathers what comes back. */
export function executeRequest(connection: Connection, plan: PlanMessage, options: Statement = {}): Execution {
  const operationId = options.operationId ?? randomUUID();
  const progress = latest<Progress>();
  const run = async () => {
    const request = { plan, tags: checkedTags(options.tags), request_options: [REATTACHABLE] };
    const report = (now: Progress) => {
      progress.set(now);
      options.onProgress?.(now);
    };
    return cancelOn(options.signal, connection, operationId, () =>
      gather(connection, operationId, request, { report, ...options }),
    );
  };
  const result = run().finally(() => progress.end());
  result.catch(() => {}); // whoever looks at the result hears of it
  return { operationId, progress, result };
}

const REATTACHABLE = { reattach_options: { reattachable: true } };

async function gather(
  connection: Connection,
  operationId: string,
  request: object,
  { report, onRows }: { report: (progress: Progress) => void; onRows?: (rows: Row[]) => void },
): Promise<StatementOutcome> {
  const result: StatementOutcome = { rows: [], observed: {} };
  try {
    for await (const response of responses(connection, operationId, request)) {
      if (response.execution_progress) report(executionProgress(response.execution_progress));
      if (onRows && response.arrow_batch) onRows(rowsOf(response.arrow_batch.data));
      else take(response, result);
    }
    return result;
  } finally {
    releaseOperation(connection, operationId);
  }
}

function take(response: ExecuteResponse, result: StatementOutcome): void {
  if (response.schema) result.schema = typeOf(response.schema);
  if (response.arrow_batch) append(result.rows, response.arrow_batch.data);
  if (response.sql_command_result) {
    const local = response.sql_command_result.relation?.local_relation;
    if (!local) result.notRun = true;
    else if (local.data?.length) append(result.rows, local.data);
  }
  if (response.response_type && STREAMING.test(response.response_type)) result.stream = response;
  for (const { name, keys, values } of response.observed_metrics) {
    if (values.length === 0) continue;
    result.observed[name] = Object.fromEntries(keys.map((key, index) => [key, literalText(values[index] ?? {})]));
  }
}

const STREAMING = /^(write_stream|streaming_query)_/;

function append(rows: Row[], batch: Uint8Array): void {
  for (const row of rowsOf(batch)) rows.push(row);
}

function checkedTags(tags: string[] = []): string[] {
  const wrong = tags.find(tag => tag === "" || tag.includes(","));
  if (wrong === undefined) return tags;
  throw new SparkError(`The tag "${wrong}" cannot be used: a tag is not empty and has no comma.`);
}
