/** The messages of `connect.proto` as the client reads and writes them: 64-bit numbers are strings, what is unset is absent. */
export interface Relation {
  common?: { plan_id: string };
  read?: {
    data_source: { format: string; options: Record<string, string>; paths?: readonly string[] };
    is_streaming: boolean;
  };
  project?: { input: Relation; expressions: Expression[] };
  sql?: { query: string };
  local_relation?: { data?: Uint8Array; schema?: string };
  subquery_alias?: { input: Relation; alias: string };
  collect_metrics?: { input: Relation; name: string; metrics: Expression[] };
  with_relations?: { root: Relation; references: Relation[] };
}

/** A piece of SQL inside a plan. */
export type Expression = { expression_string: { expression: string } };

/** An observed value; `literal_type` names the member that is set. */
export interface Literal {
  literal_type?: string;
  decimal?: { value: string };
  array?: { elements?: Literal[] };
  [member: string]: unknown;
}

/** What the server shall do: give the rows of a relation, or run a command. */
export type PlanMessage =
  | { root: Relation }
  | { command: { sql_command: { input: Relation } } | { create_dataframe_view: ViewCommand } | StreamCommand };

/** A temporary view of the session. */
export interface ViewCommand {
  input: Relation;
  name: string;
  is_global: false;
  replace: true;
}

/** What can be asked of streaming queries: to start one, of one that was started, which of the session's are active. */
export type StreamCommand =
  | { write_stream_operation_start: { input: Relation; [field: string]: unknown } }
  | { streaming_query_command: { query_id: QueryIdMessage; [question: string]: unknown } }
  | { streaming_query_manager_command: { active: true } };

/** The ids of a streaming query: the first is that of its checkpoint, the second of one run. */
export interface QueryIdMessage {
  id: string;
  run_id: string;
}

/** What Spark answers to a streaming command, by the command. */
export interface StreamAnswers {
  write_stream_operation_start_result?: { query_id: QueryIdMessage };
  streaming_query_command_result?: {
    status?: { status_message: string; is_data_available: boolean; is_trigger_active: boolean; is_active: boolean };
    recent_progress?: { recent_progress_json: string[] };
    exception?: { exception_message?: string; error_class?: string; stack_trace?: string };
    await_termination?: { terminated: boolean };
  };
  streaming_query_manager_command_result?: { active?: { active_queries: { id: QueryIdMessage; name?: string }[] } };
}

/** A `DataType` message: `kind` names the member that is set. */
export type TypeMessage = { kind?: string } & Record<string, unknown>;

/** One answer in the stream of an execution. */
export interface ExecuteResponse extends StreamAnswers {
  server_side_session_id: string;
  response_id: string;
  response_type?: "arrow_batch" | "sql_command_result" | "result_complete" | "execution_progress" | keyof StreamAnswers;
  arrow_batch?: { row_count: string; data: Uint8Array };
  sql_command_result?: { relation?: Relation & { rel_type?: string } };
  execution_progress?: { stages: StageMessage[]; num_inflight_tasks: string };
  observed_metrics: { name: string; values: Literal[]; keys: string[] }[];
  schema?: TypeMessage | null;
}

/** How far one stage is. */
export interface StageMessage {
  stage_id: string;
  num_tasks: string;
  num_completed_tasks: string;
  input_bytes_read: string;
  done: boolean;
}

/** What FetchErrorDetails knows of a failure: the error and its causes, by index. */
export interface ErrorDetails {
  root_error_idx?: number;
  errors: {
    error_type_hierarchy: string[];
    message: string;
    cause_idx?: number;
    spark_throwable?: {
      error_class?: string;
      message_parameters?: Record<string, string>;
      sql_state?: string;
    } | null;
  }[];
}

/** What an answer to AnalyzePlan, Config or Interrupt holds, as far as it is used here. */
export interface ResponseMessage {
  AnalyzePlan: {
    schema?: { schema?: TypeMessage };
    input_files?: { files: string[] };
    spark_version?: { version: string };
  };
  Config: { pairs: { key: string; value?: string }[] };
  Interrupt: { interrupted_ids: string[] };
  ReleaseExecute: object;
  ReleaseSession: object;
  FetchErrorDetails: ErrorDetails;
  CloneSession: { new_session_id: string };
}

/** The calls that have one answer. */
export type UnaryCall = keyof ResponseMessage;

/** The calls that answer with a stream. */
export type StreamCall = "ExecutePlan" | "ReattachExecute";
