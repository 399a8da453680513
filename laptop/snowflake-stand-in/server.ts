import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkLogin, type Login } from "./auth.ts";
import type { Configuration } from "./configuration.ts";
import type { Lake } from "./lake.ts";
import type { Bindings } from "./pass-through.ts";
import { type AsyncQuery, awaited, openAsyncQueries } from "./queries.ts";
import { SqlError, sqlErrorOf, unsupported } from "./refusal.ts";
import { openStandInSession, type StandInSession } from "./session.ts";
import { executeStatement } from "./statements.ts";

interface Body {
  data?: Login;
  requestId?: string;
  sqlText?: string;
  bindings?: Bindings;
  asyncExec?: boolean;
  bindStage?: string;
}

const VERSION = "1.0.0-local-stand-in";
const MOST_BYTES = 32 * 1024 * 1024;

/** Serves the driver's protocol on 127.0.0.1, and on no other address. */
export async function listen(configuration: Configuration, lake: Lake): Promise<{ url: string; interrupt(): void }> {
  const sessions = new Map<string, StandInSession>();
  const queries = openAsyncQueries();
  const server = createServer((request, response) => {
    // Never a 5xx: the driver would ask for ever.
    answer(request).then(
      data => reply(response, { success: true, code: null, message: null, ...data }),
      error => reply(response, failure(sqlErrorOf(error))),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(configuration.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const interrupt = () => sessions.forEach(({ connection }) => void connection.interrupt());
  return { url: `http://127.0.0.1:${port}`, interrupt };

  async function answer(request: IncomingMessage): Promise<object> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const body = request.method === "POST" ? await bodyOf(request) : {};
    if (url.pathname === "/session/v1/login-request") return { data: await login(url.searchParams, body.data ?? {}) };
    if (url.pathname === "/telemetry/send") return { data: null };
    const session = sessionOf(request);
    const [, asked, verb] = /^\/queries\/([\w-]+)\/(result|abort-request)$/.exec(url.pathname) ?? [];
    if (url.pathname === "/queries/v1/query-request") {
      if (body.asyncExec || body.bindStage) throw unsupported("asynchronous statements and staged binds");
      const run = () => executeStatement(session, body.sqlText ?? "", body.bindings ?? {});
      return outcome(queries.start(session, url.searchParams.get("requestId") ?? "", run));
    }
    if (verb === "abort-request") {
      queries.find(session, (asked === "v1" ? body.requestId : asked) ?? "")?.cancel();
      return { data: null };
    }
    const query = queries.find(session, asked ?? "");
    if (query) return outcome(query);
    if (url.pathname === "/session/heartbeat") return { data: null };
    if (url.pathname !== "/session" || !url.searchParams.has("delete")) throw unsupported(`the path ${url.pathname}`);
    sessions.delete(session.token);
    void session.last.then(() => session.connection.closeSync());
    return { data: null };
  }

  async function login(wanted: URLSearchParams, given: Login): Promise<object> {
    checkLogin(given, wanted.get("roleName"), configuration);
    const [database, schema] = [wanted.get("databaseName"), wanted.get("schemaName")];
    const session = await openStandInSession(lake, { database, schema, warehouse: wanted.get("warehouse") });
    sessions.set(session.token, session);
    return {
      ...{ token: session.token, masterToken: session.token, sessionId: sessions.size, serverVersion: VERSION },
      ...{ validityInSeconds: 864_000, masterValidityInSeconds: 864_000, parameters: PARAMETERS },
      sessionInfo: {
        ...{ databaseName: session.database, schemaName: session.schema },
        ...{ warehouseName: session.warehouse, roleName: session.role },
      },
    };
  }

  function sessionOf(request: IncomingMessage): StandInSession {
    const [, token = ""] = /^Snowflake Token="(.*)"$/.exec(request.headers.authorization ?? "") ?? [];
    const session = sessions.get(token);
    if (session) return session;
    throw new SqlError("390111", "08001", "Session no longer exists. New login required to access the service.");
  }

  async function outcome(query: AsyncQuery): Promise<object> {
    const result = await awaited(query, configuration.holdMilliseconds);
    const { id: queryId, session } = query;
    if (!result)
      return {
        code: "333333",
        message: "still running",
        data: { queryId, getResultUrl: `/queries/${queryId}/result` },
      };
    if (result instanceof SqlError) return failure(result, queryId);
    const { columns: rowtype, rows: rowset, kind: statementTypeId } = result;
    const final = { finalDatabaseName: session.database, finalSchemaName: session.schema };
    const named = { ...final, finalWarehouseName: session.warehouse, finalRoleName: session.role };
    const sizes = { total: rowset.length, returned: rowset.length, queryResultFormat: "json", version: 1 };
    return { data: { parameters: PARAMETERS, rowtype, rowset, queryId, statementTypeId, ...sizes, ...named } };
  }
}

const PARAMETERS = Object.entries({
  TIMEZONE: "UTC",
  DATE_OUTPUT_FORMAT: "YYYY-MM-DD",
  TIME_OUTPUT_FORMAT: "HH24:MI:SS",
  TIMESTAMP_NTZ_OUTPUT_FORMAT: "YYYY-MM-DD HH24:MI:SS.FF3",
  TIMESTAMP_LTZ_OUTPUT_FORMAT: "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
  BINARY_OUTPUT_FORMAT: "HEX",
}).map(([name, value]) => ({ name, value }));

function failure({ code, sqlState, message }: SqlError, queryId?: string): object {
  return { success: false, code, message, data: { errorCode: code, sqlState, queryId, line: -1, pos: -1 } };
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw unsupported("a request of more than 32 MB");
    chunks.push(chunk);
  }
  return bytes > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Body) : {};
}

function reply(response: ServerResponse, content: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(content));
}
