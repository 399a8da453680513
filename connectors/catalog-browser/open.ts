import { type Settings, SettingsError } from "../../core/settings.ts";
import type { Session } from "../spark/session.ts";
import { whyNotHere } from "./allowed.ts";
import { type ConnectionState, connection } from "./connection.ts";
import { detailCache, type TableDetail } from "./details.ts";
import { isLost } from "./errors.ts";
import { withoutSecrets } from "./line.ts";
import { type Listed, listCache } from "./list-cache.ts";
import { listNames, listNamespaces } from "./listing.ts";

export type { ConnectionState } from "./connection.ts";
export type { TableDetail } from "./details.ts";
export type { HiveDetail } from "./hive.ts";
export type { IcebergDetail } from "./iceberg.ts";
export type { Listed } from "./list-cache.ts";

/**
 * What Spark knows of the tables, for pages: nothing but `ask` throws, or keeps a page waiting for longer than `within`.
 * Only catalogs that need no secret are asked; for another, every answer says why not.
 */
export interface Metadata {
  /** Where Spark stands, as far as it is known now. */
  state(): ConnectionState;
  /** For `hive` the databases. Where the lake lives in the same metastore, each of the two lists the other's as well. */
  namespaces(catalog: string): Promise<Listed<string>>;
  /** The names of the tables and views. */
  names(catalog: string, namespace: string): Promise<Listed<string>>;
  /** What is known of these tables now, in their order, each once. What is not known is asked behind: call again while `pending`. */
  details(catalog: string, namespace: string, names: readonly string[]): TableDetail[];
  /** How many tables of a namespace are still being asked for. */
  pending(catalog: string, namespace: string): number;
  /** Forgets what is known of a namespace, and of which namespaces there are. */
  refresh(catalog: string, namespace: string): void;
  /** Asks for what is in tables, on a session of its own. Throws a sentence where that can't be done. */
  ask<T>(catalog: string, work: (session: Session) => Promise<T>, lane?: "rows" | "logs"): Promise<T>;
  /** Releases the sessions. */
  close(): Promise<void>;
}

/** In milliseconds: how long a call may take (800), and how long names (60 s) and details (10 min) stay fresh. */
export interface MetadataOptions {
  within?: number;
  namesMaxAge?: number;
  detailsMaxAge?: number;
}

/** Begins to look for Spark; nothing is asked before somebody wants to know. */
export function openMetadata(settings: Settings, options: MetadataOptions = {}): Metadata {
  const { within = 800, namesMaxAge = 60_000, detailsMaxAge = 600_000 } = options;
  const spark = connection(withoutSecrets(settings));
  const isUnavailable = (error: unknown) => isLost(error) || !spark.state().ready;
  const lists = listCache({ maxAge: namesMaxAge, within, isUnavailable });
  const details = detailCache({
    maxAge: detailsMaxAge,
    isUnavailable,
    use: (catalog, ask) => spark.use("details", catalog, ask),
  });

  const list = async (catalog: string, key: string, ask: Parameters<typeof spark.use<string[]>>[2]) => {
    const no = whyNotHere(catalog);
    if (no) return refused(no);
    const listed = await lists.get(key, () => spark.use("names", catalog, ask));
    const state = spark.state();
    return listed.error && listed.pending && !state.ready ? { ...listed, error: state.why } : listed;
  };
  return {
    state: spark.state,
    namespaces: catalog => list(catalog, key(catalog), session => listNamespaces(session, catalog)),
    names: (catalog, namespace) =>
      list(catalog, key(catalog, namespace), session => listNames(session, catalog, namespace)),
    details(catalog, namespace, names) {
      const no = whyNotHere(catalog);
      if (no) return names.map(name => ({ name, pending: false, error: no }));
      return details.get(catalog, namespace, names);
    },
    pending: details.pending,
    refresh(catalog, namespace) {
      lists.forget(key(catalog));
      lists.forget(key(catalog, namespace));
      details.forget(catalog, namespace);
    },
    async ask(catalog, work, lane = "rows") {
      const no = whyNotHere(catalog);
      if (no) throw new SettingsError(no);
      return await spark.use(lane, catalog, work);
    },
    close: spark.close,
  };
}

function refused(error: string): Listed<string> {
  return { items: [], at: new Date().toISOString(), pending: false, error };
}

function key(...parts: string[]): string {
  return JSON.stringify(parts);
}
