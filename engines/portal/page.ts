import type { Readable } from "node:stream";
import type { Metadata } from "../../connectors/catalog-browser/open.ts";
import type { AuditContext } from "../../core/audit/audit-events.ts";
import type { ArchiveIndex } from "../../core/audit/index/open.ts";
import type { JobFile } from "../../core/jobs/envelope.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import type { Outbox } from "../../core/notifications/outbox.ts";
import type { People } from "../../core/people/people.ts";
import type { Person, Role } from "../../core/people/roles.ts";
import type { SavedViews } from "../../core/people/saved-views.ts";
import type { LoginSessions } from "../../core/people/sessions.ts";
import type { Tokens } from "../../core/people/tokens.ts";
import type { Settings } from "../../core/settings.ts";
import type { Layout } from "../../core/store/layout.ts";
import type { OpenedFile } from "../../core/store/served.ts";
import type { Part, View } from "../../views/html.ts";

/** What pages work with: files, Spark's metadata, the index of the archive. No secret is among it. */
export interface Portal {
  settings: Settings;
  layout: Layout;
  index: ArchiveIndex;
  metadata: Metadata;
  /** Messages to people and programs. */
  outbox: Pick<Outbox, "add" | "latest">;
  /** Who is logged in. */
  sessions: Pick<LoginSessions, "list" | "endOne" | "endOthers" | "seen">;
  /** Who may come in. */
  people: Pick<People, "all" | "get" | "add" | "setRole" | "setDisabled" | "administrators">;
  tokens: Pick<Tokens, "list" | "make" | "revoke" | "link">;
  /** The filters of pages that people have saved. */
  views: SavedViews;
  /** What somebody has chosen on a page and not started yet, by person and page. */
  drafts: Drafts;
  /** Puts a job into queue/ in a person's name, and records the audit event. Returns its id; throws an HttpError if it is wrong. */
  submit(request: Pick<RequestContext, "person" | "address" | "via">, file: JobFile): string;
  /** Writes a cancel request in a person's name, and records the audit event. Throws an HttpError if the job has ended. */
  cancel(request: RequestContext, id: string): void;
  /** Makes a schedule of a job in a person's name, under a name that is free, and records the audit event. Returns its name. */
  schedule(request: RequestContext, file: JobFile, cron: string): string;
  /** The schedules whose jobs read or write a table, by its name as in records. */
  schedulesOf(table: string): { name: string; title: string }[];
  /** Whether a worker lives that would take a job. */
  workerLives(): boolean;
}

/** The person of a request as audit events name them, and the archive that keeps those. */
export function auditContext({
  portal,
  person,
  address,
  via,
}: Pick<RequestContext, "person" | "address" | "via"> & { portal: Pick<Portal, "layout"> }): AuditContext & {
  layout: Layout;
} {
  return { layout: portal.layout, by: person.name, role: person.role, from: address, via };
}

/** What somebody has chosen and filled in on a page. */
export interface PageDraft {
  names: ReadonlySet<string>;
  options: Readonly<Record<string, string>>;
}

/** The draft whose option `job` is the job file that a new schedule starts from. */
export const SCHEDULE_DRAFT = "/new-schedule";

/** Drafts outlive a page, not the portal. */
export interface Drafts {
  get(person: string, page: string): PageDraft;
  set(person: string, page: string, draft: PageDraft | undefined): void;
}

/** A request, checked: who asks for what. */
export interface RequestContext {
  portal: Portal;
  person: Person;
  /** How the request was authenticated; undefined where nobody is logged in. */
  authenticatedBy?: "session" | "proxy" | "token";
  /** The secret of the browser's session, for what ends it. */
  secret?: string;
  /** The address that the request came from. */
  address: string;
  via: "portal" | "api";
  path: string;
  parameters: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** The fields of a form that was sent. */
  form: URLSearchParams;
  /** The body of an API call, as it was sent. */
  body: string;
  /** The body as it comes in, for a route that reads it itself. */
  incoming: Readable;
  /** What a request said of how it wants the answer, and of itself. */
  header(name: string): string | undefined;
  now: number;
}

/** A file to send, as core/store/served.ts opens it. Its handle is closed when it was sent. */
export type SentFile = Pick<OpenedFile, "handle" | "size" | "name">;

/** Bytes of a file, from the first to before the last. */
export interface ByteRange {
  from: number;
  to: number;
}

type Headers = Readonly<Record<string, string>>;

/** What a route answers with. */
export type RouteResult =
  /** `refresh`: a browser without script asks for the page again after so many seconds. */
  | { kind: "page"; title: string; body: View; status?: number; here?: string; refresh?: number }
  | { kind: "fragment"; body: View }
  /** `session` gives the browser the secret of a new session; null takes it away. */
  /** `login` is what the browser keeps while somebody logs in at the identity provider; null takes it away. */
  | { kind: "redirect"; to: string; notice?: string; session?: string | null; login?: string | null }
  | { kind: "json"; value: unknown; status?: number; headers?: Headers }
  | { kind: "text"; text: string; type?: string; download?: string; status?: number; headers?: Headers }
  | { kind: "lines"; lines: Iterable<string>; type: string; download: string; headers?: Headers }
  /** `range` is what a Range header asked for, `part` what the address did. */
  | {
      kind: "file";
      file: SentFile;
      type: string;
      download?: boolean;
      range?: ByteRange;
      part?: ByteRange;
      headers?: Headers;
    };

/** One address of the portal, and who may ask for it. */
export interface Route {
  method: "get" | "post" | "put" | "delete" | "patch" | "head";
  /** `/jobs/:id` */
  path: string;
  role: Role | "anyone";
  /** The role where the settings decide; `role` is that of the defaults. */
  roleFor?(settings: Settings): Role;
  /** It reads `request.incoming` itself, since what comes is too large for memory. */
  streams?: true;
  answer(request: RequestContext): RouteResult | Promise<RouteResult>;
}

/** What a job type adds to the portal: its place in the sidebar, its pages, and a line on a job's own page. */
export interface TypePages {
  /** The job type that it belongs to. */
  type: string;
  navigation?: { name: string; href: string };
  routes: readonly Route[];
  /** What the home page offers to start. */
  start?: { title: string; words: string; href: string };
  /** What this reader can do next with a job of this type that has ended, on its page. */
  next?(job: JobRecord, reader: { mayStart: boolean; portal: Portal }): Part;
}

/** Why something asked for is not done: a sentence with its HTTP status, and what to do. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly status: number;
  readonly hint: string | undefined;
  readonly problems: readonly string[];
  /** The field of a form that it is about. */
  readonly field: string | undefined;

  constructor(status: number, message: string, hint?: string, problems: readonly string[] = [], field?: string) {
    super(message);
    this.status = status;
    this.hint = hint;
    this.problems = problems;
    this.field = field;
  }
}
