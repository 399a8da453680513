import { z } from "zod";
import type { TableName } from "../names.ts";
import type { MetadataMove } from "./database.ts";

/** Whether a REST catalog moved a table; `unable` where it does not know how, or asks for a login that is not spoken here. */
export type RestMove = "moved" | "overtaken" | "unable";

const names = z.record(z.string(), z.string()).default({});
const configShape = z.object({ defaults: names, overrides: names });
const tableShape = z.object({ "metadata-location": z.string().nullish() });
const tokenShape = z.object({ access_token: z.string() });

// What a server answers that has no such call, or knows the call and not `overwrite`: it then finds that the table exists.
const UNABLE = new Set([400, 404, 405, 406, 409, 501]);

/**
 * Moves a table of a REST catalog to another metadata file, if it still stands on the one that is expected: by the protocol's
 * `register` with `overwrite`. The server does not compare, so the table is asked for right before. Readers see the old state
 * or the new one. `catalog` holds the lines of `catalogs.json`; a token or a credential of OAuth2 is understood.
 */
export async function moveInRest(
  catalog: Readonly<Record<string, string>>,
  { namespace, table }: TableName,
  { from, to }: MetadataMove,
): Promise<RestMove> {
  const server = await openRest(catalog);
  if (!server) return "unable";
  const place = `namespaces/${encodeURIComponent(namespace)}`;
  const found = await server.ask("GET", `${place}/tables/${encodeURIComponent(table)}?snapshots=refs`);
  if (!found.ok) throw await refusal(found, `${namespace}.${table}`);
  if (tableShape.parse(await found.json())["metadata-location"] !== from) return "overtaken";
  const body = { name: table, "metadata-location": to, overwrite: true };
  const moved = await server.ask("POST", `${place}/register`, body);
  if (UNABLE.has(moved.status)) return "unable";
  if (!moved.ok) throw await refusal(moved, `${namespace}.${table}`);
  return "moved";
}

type Ask = (method: "GET" | "POST", path: string, body?: object) => Promise<Response>;

// The server's own settings stand over ours, and ours over what it offers.
async function openRest(catalog: Readonly<Record<string, string>>): Promise<{ ask: Ask } | undefined> {
  const uri = (catalog.uri ?? "").replace(/\/+$/, "");
  const headers = await headersFor(uri, catalog);
  if (!uri || !headers) return undefined;
  const request = (base: string, prefix: string): Ask => {
    return async (method, path, body) =>
      await fetch(`${base}/v1/${prefix}${path}`, {
        ...{ method, headers, redirect: "error", signal: AbortSignal.timeout(60_000) },
        ...(body && { body: JSON.stringify(body) }),
      });
  };
  const { warehouse } = catalog;
  const answer = await request(uri, "")("GET", warehouse ? `config?${new URLSearchParams({ warehouse })}` : "config");
  if (!answer.ok) throw await refusal(answer, "its settings");
  const { defaults, overrides } = configShape.parse(await answer.json());
  const settings = { ...defaults, ...catalog, ...overrides };
  const base = (settings.uri ?? uri).replace(/\/+$/, "");
  return { ask: request(base, settings.prefix ? `${settings.prefix}/` : "") };
}

// Undefined where the catalog asks for a login of another kind, such as a signature of AWS.
async function headersFor(
  uri: string,
  catalog: Readonly<Record<string, string>>,
): Promise<Record<string, string> | undefined> {
  const { "rest.auth.type": kind = "", "rest.sigv4-enabled": signed } = catalog;
  if (!["", "none", "oauth2"].includes(kind) || signed === "true") return undefined;
  const given = Object.entries(catalog).flatMap(([name, value]) =>
    name.startsWith("header.") ? [[name.slice("header.".length), value] as const] : [],
  );
  const headers = { "content-type": "application/json", ...Object.fromEntries(given) };
  const token = kind === "none" ? undefined : (catalog.token ?? (await tokenFor(uri, catalog)));
  return token ? { ...headers, authorization: `Bearer ${token}` } : headers;
}

async function tokenFor(uri: string, catalog: Readonly<Record<string, string>>): Promise<string | undefined> {
  if (!catalog.credential) return undefined;
  const [id, secret] = /^(?:([^:]*):)?(.*)$/s.exec(catalog.credential)?.slice(1) ?? [];
  const form = new URLSearchParams({
    ...{ grant_type: "client_credentials", scope: catalog.scope ?? "catalog", client_secret: secret ?? "" },
    ...(id && { client_id: id }),
  });
  const answer = await fetch(catalog["oauth2-server-uri"] ?? `${uri}/v1/oauth/tokens`, {
    ...{ method: "POST", body: form, redirect: "error", signal: AbortSignal.timeout(60_000) },
  });
  if (!answer.ok) throw await refusal(answer, "a token");
  return tokenShape.parse(await answer.json()).access_token;
}

async function refusal(answer: Response, what: string): Promise<Error> {
  const text = (await answer.text().catch(() => "")).slice(0, 500);
  return new Error(`The REST catalog refused ${what}: ${answer.status} ${text}`);
}
