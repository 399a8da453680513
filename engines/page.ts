import type { Readable } from "node:stream";
import type { ArchiveIndex } from "../audit/index/open.ts";
import type { Layout } from "../files/layout.ts";
import type { OpenedFile } from "../files/served.ts";
import type { JobFile } from "../jobs/envelope.ts";
import type { Person, Role } from "../jobs/people.ts";
import type { Settings } from "../settings.ts";
import type { Metadata } from "../tables/metadata/open.ts";
import type { Part, View } from "../views/html.ts";

/** What pages work with: files, Spark's metadata, the index of the archive. No secret is among it. */
export interface Portal {
  settings: Settings;
  layout: Layout;
  index: ArchiveIndex;
  metadata: Metadata;
  /** What somebody has chosen on a page and not started yet, by person and page. */
  drafts: Drafts;
  /** Puts a job into queue/ in a person's name, and records the deed. Gives its id; throws a Refusal where it is wrong. */
  submit(visit: Pick<Visit, "person" | "address" | "via">, file: JobFile): string;
  /** Leaves the wish to end a job in a person's name, and records the deed. Throws a Refusal where it has ended. */
  cancel(visit: Visit, id: string): void;
  /** Whether a worker lives that would take a job. */
  workerLives(): boolean;
}

/** What somebody has chosen and filled in on a page. */
export interface Draft {
  names: ReadonlySet<string>;
  options: Readonly<Record<string, string>>;
}

/** Drafts outlive a page, not the portal. */
export interface Drafts {
  get(person: string, page: string): Draft;
  set(person: string, page: string, draft: Draft | undefined): void;
}

/** A request, checked: who asks for what. */
export interface Visit {
  portal: Portal;
  person: Person;
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

/** A file to send, as files/served.ts opens it. Its handle is closed when it was sent. */
export type SentFile = Pick<OpenedFile, "handle" | "size" | "name">;

/** Bytes of a file, from the first to before the last. */
export interface Bytes {
  from: number;
  to: number;
}

type Headers = Readonly<Record<string, string>>;

/** What a route answers with. */
export type Answer =
  | { kind: "page"; title: string; body: View; status?: number; here?: string }
  | { kind: "fragment"; body: View }
  /** `session` gives the browser the secret of a new session; null takes it away. */
  | { kind: "redirect"; to: string; notice?: string; session?: string | null }
  | { kind: "json"; value: unknown; status?: number; headers?: Headers }
  | { kind: "text"; text: string; type?: string; download?: string; status?: number; headers?: Headers }
  | { kind: "lines"; lines: Iterable<string>; type: string; download: string }
  /** `range` is what a Range header asked for, `part` what the address did. */
  | { kind: "file"; file: SentFile; type: string; download?: boolean; range?: Bytes; part?: Bytes; headers?: Headers };

/** One address of the portal, and who may ask for it. */
export interface Route {
  method: "get" | "post" | "put" | "delete" | "patch" | "head";
  /** `/jobs/:id` */
  path: string;
  role: Role | "anyone";
  /** It reads `visit.incoming` itself, since what comes is too large for memory. */
  streams?: true;
  answer(visit: Visit): Answer | Promise<Answer>;
}

/** What a job type adds to the portal: its place in the rail, its pages, and a line on a job's own page. */
export interface JobPage {
  /** The job type that it belongs to. */
  type: string;
  place?: { name: string; href: string };
  routes: readonly Route[];
  /** What the home page offers to start. */
  start?: { title: string; words: string; href: string };
  /** What a person can do next with a job of this type that has ended, on its page. */
  next?(job: { id: string; parameters: Record<string, unknown> }): Part;
}

/** Why something asked for is not done: a sentence with its HTTP status, and what to do. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;
  readonly hint: string | undefined;
  readonly problems: readonly string[];

  constructor(status: number, message: string, hint?: string, problems: readonly string[] = []) {
    super(message);
    this.status = status;
    this.hint = hint;
    this.problems = problems;
  }
}
