import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PROJECT } from "../../core/settings.ts";
import { schemaOf } from "./job-file.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { errorShape, fileShapes } from "./shapes.ts";

type Json = Record<string, unknown>;

/** The description of the whole API, made from its routes: none can be missing. */
export function openapiRoute(all: () => readonly ApiRoute[]): ApiRoute {
  return apiRoute({
    method: "get",
    path: "/api/openapi.json",
    role: "viewer",
    summary: "This description (OpenAPI 3.1)",
    answers: { description: "OpenAPI 3.1.", shape: z.record(z.string(), z.unknown()) },
    answer: () => ({ kind: "json", value: openapi(all()) }),
  });
}

/** OpenAPI 3.1 of some routes. Shapes that have a name stand once, among the components. */
function openapi(routes: readonly ApiRoute[]): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  const failure = { description: "Why not.", content: jsonOf(named(schemaOf(errorShape, "output"), schemas)) };
  for (const shape of fileShapes) named(schemaOf(shape, "output"), schemas);
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operation(route, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Data Operations Portal", version: version(), description: ABOUT },
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      responses: { Error: failure },
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token that a person made in the portal." },
        session: { type: "apiKey", in: "cookie", name: "portal", description: "The session of a browser." },
      },
    },
  };
}

const ABOUT =
  "Everything that the pages do, in JSON. Times are ISO 8601 in UTC, figures that may need 64 bits are strings. " +
  "Every error has one shape: a sentence, and where it helps what to do.";

function operation({ method, path, role, summary, query, body, answers }: ApiRoute, schemas: Json): Json {
  const { status = 200, description, headers = {}, others = {} } = answers;
  const content =
    "shape" in answers
      ? jsonOf(named(schemaOf(answers.shape, "output"), schemas))
      : { [answers.type]: { schema: { type: "string" } } };
  return {
    operationId: `${method}${path.replace(/[^A-Za-z]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    description: role === "anyone" ? "For anyone." : `For the role ${role}, and those above it.`,
    ...(role === "anyone" && { security: [] }),
    parameters: [...inPath(path), ...inQuery(query)],
    ...(body && {
      requestBody: { required: !body.isOptional, content: jsonOf(named(schemaOf(body.shape), schemas)) },
    }),
    responses: {
      [status]: { description: description, headers: headersOf(headers), content },
      ...Object.fromEntries(Object.entries(others).map(([other, why]) => [other, { description: why, content }])),
      default: { $ref: "#/components/responses/Error" },
    },
  };
}

function inPath(path: string): Json[] {
  const names = [...path.matchAll(/:(\w+)/g)].map(match => match[1]);
  return names.map(name => ({ name, in: "path", required: true, schema: { type: "string" } }));
}

function inQuery(query: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = schemaOf(query) as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema as Json;
    return {
      name,
      in: "query",
      required: required.includes(name),
      ...(description ? { description } : {}),
      schema: rest,
    };
  });
}

function headersOf(headers: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: "string" } }]),
  );
}

function jsonOf(schema: Json): Json {
  return { "application/json": { schema } };
}

// zod puts shapes with a name under $defs: here all routes share them.
function named({ $schema: _, ...schema }: Json, schemas: Json): Json {
  const { $defs = {}, ...rest } = JSON.parse(
    JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as Json & { $defs?: Json };
  Object.assign(schemas, $defs);
  return rest;
}

function version(): string {
  return String((JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: unknown }).version);
}
