import { errorOf, HdfsError } from "./errors.ts";
import { type Exchanged, exchange, type HdfsRequest } from "./exchange.ts";

/** Where WebHDFS is, who we are there, and the hosts that a NameNode may send us on to beside those of its domain. */
export interface HdfsAddress {
  /** `http://namenode:9870`; a gateway may have a path of its own in front. */
  url: string;
  user?: string;
  hosts?: readonly string[];
}

/** One entry of a folder. */
export interface HdfsFile {
  name: string;
  isFolder: boolean;
  size: number;
  /** ISO. */
  changedAt: string;
  owner: string;
}

/** A folder tree of HDFS over WebHDFS. Nothing here removes or replaces anything. Paths are absolute. */
export interface Hdfs {
  /** What a folder holds. */
  list(folder: string): Promise<HdfsFile[]>;
  /** A file of at most so many bytes; throws where it is larger. */
  read(path: string, most: number): Promise<Buffer>;
  /** So many bytes of a file from an offset on; fewer where it ends before. */
  part(path: string, offset: number, length: number): Promise<Buffer>;
  /** Writes a new file, whose folders are made; throws, and changes nothing, where there is one of that name. */
  create(path: string, content: Uint8Array): Promise<void>;
}

const LONGEST_LIST = 64 * 1024 * 1024;

/** HDFS at an address. Nothing is asked before the first call; errors are HdfsErrors, whose sentences are for people. */
export function webHdfs(address: HdfsAddress): Hdfs {
  const base = new URL(address.url);
  return { list, read, part, create };

  async function list(folder: string): Promise<HdfsFile[]> {
    const { body } = await ask(folder, { op: "LISTSTATUS" }, { method: "GET", most: LONGEST_LIST });
    const { FileStatuses } = JSON.parse(body.toString()) as Statuses;
    return FileStatuses.FileStatus.map(fileOf);
  }

  async function read(path: string, most: number): Promise<Buffer> {
    // One byte more than is wanted tells that there is more, without a second question.
    const { body } = await ask(path, { op: "OPEN", length: String(most + 1) }, { method: "GET", most: most + 1 });
    if (body.length > most) throw new HdfsError(`${path} is larger than ${most} bytes.`);
    return body;
  }

  async function part(path: string, offset: number, length: number): Promise<Buffer> {
    const query = { op: "OPEN", offset: String(offset), length: String(length) };
    return (await ask(path, query, { method: "GET", most: Math.max(length, 65_536) })).body;
  }

  // First the NameNode, which names a DataNode and gets no bytes; then that one, which gets them.
  async function create(path: string, content: Uint8Array): Promise<void> {
    const first = await exchange(addressOf(path, { op: "CREATE", overwrite: "false" }), {
      method: "PUT",
      most: 65_536,
    });
    const next = redirectOf(first, path);
    const second = next ? await exchange(next, { method: "PUT", body: content, most: 65_536 }) : first;
    if (second.status !== 201) throw errorOf(second.status, second.body.toString(), path, address.user);
    const { body } = await ask(path, { op: "GETFILESTATUS" }, { method: "GET", most: 65_536 });
    const { length } = (JSON.parse(body.toString()) as { FileStatus: FileStatus }).FileStatus;
    if (length !== content.byteLength)
      throw new HdfsError(`Only ${length} of ${content.byteLength} bytes of ${path} arrived in HDFS.`, {
        hint: "Remove it there (hdfs dfs -rm), then try again.",
      });
  }

  async function ask(path: string, query: Record<string, string>, asked: HdfsRequest): Promise<Exchanged> {
    const first = await exchange(addressOf(path, query), asked);
    const next = redirectOf(first, path);
    const answer = next ? await exchange(next, asked) : first;
    if (answer.status !== 200) throw errorOf(answer.status, answer.body.toString(), path, address.user);
    return answer;
  }

  function addressOf(path: string, query: Record<string, string>): URL {
    const url = new URL(base);
    url.pathname = `${base.pathname.replace(/\/$/, "")}/webhdfs/v1${encodePath(path)}`;
    url.search = String(new URLSearchParams({ ...query, ...(address.user && { "user.name": address.user }) }));
    return url;
  }

  function redirectOf({ status, location }: Exchanged, path: string): URL | undefined {
    if (status !== 307 || !location) return undefined;
    const target = new URL(location, base);
    if (isOfCluster(target, base, address.hosts)) return target;
    throw new HdfsError(`For ${path} HDFS sends us to ${target.host}, which is not known to be of its cluster.`, {
      hint: `If it is, write WEBHDFS_HOSTS=${target.hostname} into .env (a leading dot takes a whole domain).`,
    });
  }
}

interface FileStatus {
  pathSuffix: string;
  type: string;
  length: number;
  modificationTime: number;
  owner: string;
}

interface Statuses {
  FileStatuses: { FileStatus: FileStatus[] };
}

function fileOf({ pathSuffix, type, length, modificationTime, owner }: FileStatus): HdfsFile {
  const changedAt = new Date(modificationTime).toISOString();
  return { name: pathSuffix, isFolder: type === "DIRECTORY", size: length, changedAt, owner };
}

// A name may hold anything but a slash: blanks, letters of any script, `?`, `#` and `%`.
function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/**
 * Whether the host that a NameNode sends us on to is one of its own cluster: the same host, one of the same domain
 * (`nn.hadoop.example.com`, `dn7.hadoop.example.com`), or one that is named. Names match whole or, with a leading dot, by their end.
 */
export function isOfCluster(target: URL, nameNode: URL, named: readonly string[] = []): boolean {
  if (target.protocol !== nameNode.protocol) return false;
  const host = target.hostname.toLowerCase();
  const own = nameNode.hostname.toLowerCase();
  if (host === own || (isLoopback(host) && isLoopback(own))) return true;
  const domain = domainOf(own);
  const ends = [...named.map(name => name.toLowerCase()), ...(domain ? [domain] : [])];
  return ends.some(name => (name.startsWith(".") ? host.endsWith(name) : host === name));
}

// Of a name with three parts or more; what shares only `.com`, or the start of a number, shares nothing.
function domainOf(host: string): string | undefined {
  if (/^[\d.]+$|:/.test(host) || host.split(".").length < 3) return undefined;
  return host.slice(host.indexOf("."));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}
