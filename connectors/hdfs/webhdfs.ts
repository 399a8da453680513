import { type HdfsSettings, webHdfsAddress } from "../../core/endpoints.ts";
import { delegationToken, hasKerberos, type KerberosSettings } from "../kerberos/delegation-tokens.ts";
import { errorOf, HdfsError, HdfsUnavailable, isStandby, isTokenRefused } from "./errors.ts";
import { type Exchanged, exchange, type HdfsRequest, type LocalFile } from "./exchange.ts";

/** Where WebHDFS is, who we are there, and the hosts that a NameNode may send us on to beside those of its domain. */
export interface HdfsAddress {
  /** `http://namenode:9870`; a gateway may have a path of its own in front. */
  url: string;
  /** More NameNodes of the same cluster, of which one is active. */
  others?: readonly string[];
  user?: string;
  /** For a gateway that asks for one; sent to the hosts of these addresses alone. */
  password?: string;
  hosts?: readonly string[];
  /** Gives a delegation token of a cluster that asks for Kerberos; `again` where it does not know the one before any more. */
  token?: (how?: "again") => Promise<string>;
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
  create(path: string, content: Uint8Array | LocalFile): Promise<void>;
}

const LONGEST_LIST = 64 * 1024 * 1024;

/** HDFS at an address. Nothing is asked before the first call; errors are HdfsErrors, whose sentences are for people. */
export function webHdfs(address: HdfsAddress): Hdfs {
  const nodes = [address.url, ...(address.others ?? [])].map(url => new URL(url));
  const cluster = nodes.join(",");
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
  async function create(path: string, content: Uint8Array | LocalFile): Promise<void> {
    const query = { op: "CREATE", overwrite: "false" };
    const answer = await follow(path, query, { method: "PUT", most: 65_536 }, content);
    if (answer.status !== 201) throw errorOf(answer, path, address);
    const { body } = await ask(path, { op: "GETFILESTATUS" }, { method: "GET", most: 65_536 });
    const { length } = (JSON.parse(body.toString()) as { FileStatus: FileStatus }).FileStatus;
    if (length !== content.byteLength)
      throw new HdfsError(`Only ${length} of ${content.byteLength} bytes of ${path} arrived in HDFS.`, {
        hint: "Remove it there (hdfs dfs -rm), then try again.",
      });
  }

  async function ask(path: string, query: Record<string, string>, asked: HdfsRequest): Promise<Exchanged> {
    const answer = await follow(path, query, asked);
    if (answer.status !== 200) throw errorOf(answer, path, address);
    return answer;
  }

  async function follow(
    path: string,
    query: Record<string, string>,
    asked: HdfsRequest,
    content?: Uint8Array | LocalFile,
  ): Promise<Exchanged> {
    const { node, answer } = await askWithToken(path, query, asked);
    const next = redirectOf(answer, node, path);
    if (!next) return answer;
    return await exchange(next, { ...asked, ...(content && { body: content }), ...authorization(next) });
  }

  // The NameNode hands the token on to the DataNode that it names. One that was started anew may not know it any more.
  async function askWithToken(path: string, query: Record<string, string>, asked: HdfsRequest) {
    const { token } = address;
    if (!token) return await askNameNode(path, query, asked);
    const first = await askNameNode(path, { ...query, delegation: await token() }, asked);
    if (!isTokenRefused(first.answer)) return first;
    return await askNameNode(path, { ...query, delegation: await token("again") }, asked);
  }

  // What a NameNode does at the first request changes nothing: it may be sent to the other one as well.
  async function askNameNode(
    path: string,
    query: Record<string, string>,
    asked: HdfsRequest,
  ): Promise<{ node: URL; answer: Exchanged }> {
    const failures: HdfsError[] = [];
    for (const node of inTurn(nodes, active.get(cluster))) {
      try {
        const answer = await exchange(addressOf(node, path, query), { ...asked, ...authorization(node) });
        if (nodes.length === 1 || !isStandby(answer)) {
          active.set(cluster, node.href);
          return { node, answer };
        }
        failures.push(new HdfsUnavailable(`${node.host} is a standby.`));
      } catch (error) {
        if (nodes.length === 1 || !(error instanceof HdfsUnavailable)) throw error;
        failures.push(error);
      }
    }
    throw new HdfsUnavailable(`No NameNode of WEBHDFS_URL is active. ${failures.map(one => one.message).join(" ")}`, {
      hint: "Start one, or correct WEBHDFS_URL in .env.",
      cause: failures[0],
    });
  }

  // A DataNode, and whatever else a NameNode may send us on to, is not told the password.
  function authorization(target: URL): { authorization?: string } {
    if (address.password === undefined || !nodes.some(({ origin }) => origin === target.origin)) return {};
    return { authorization: `Basic ${Buffer.from(`${address.user}:${address.password}`).toString("base64")}` };
  }

  function addressOf(base: URL, path: string, query: Record<string, string>): URL {
    const url = new URL(base);
    const isNamed = address.user !== undefined && address.password === undefined && !address.token;
    url.pathname = `${base.pathname.replace(/\/$/, "")}/webhdfs/v1${encodePath(path)}`;
    url.search = String(new URLSearchParams({ ...query, ...(isNamed && { "user.name": address.user }) }));
    return url;
  }

  function redirectOf({ status, location }: Exchanged, base: URL, path: string): URL | undefined {
    if (status !== 307 || !location) return undefined;
    const target = new URL(location, base);
    if (isOfCluster(target, base, address.hosts)) return target;
    throw new HdfsError(`For ${path} HDFS sends us to ${target.host}, which is not known to be of its cluster.`, {
      hint: `If it is, write WEBHDFS_HOSTS=${target.hostname} into .env (a leading dot takes a whole domain).`,
    });
  }
}

// Which NameNode of a cluster answered last: the next request begins there.
const active = new Map<string, string>();

function inTurn(nodes: readonly URL[], last: string | undefined): URL[] {
  return [...nodes.filter(({ href }) => href === last), ...nodes.filter(({ href }) => href !== last)];
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

/** The HDFS of the settings. Where they name a principal and its keytab it is asked with a delegation token. Throws a SettingsError. */
export function openHdfs(settings: HdfsSettings & KerberosSettings): Hdfs {
  return webHdfs(hdfsAddress(settings));
}

/** Where the HDFS of the settings is, and how it is asked. Throws a SettingsError. */
export function hdfsAddress(settings: HdfsSettings & KerberosSettings): HdfsAddress {
  const address = webHdfsAddress(settings);
  // Not that of the laptop, and no gateway, which asks for a password of its own.
  if (!settings.WEBHDFS_URL || address.password !== undefined || !hasKerberos(settings)) return address;
  const service = { kind: "hdfs", address: [address.url, ...address.others].join(",") } as const;
  return { ...address, token: how => delegationToken(settings, service, how) };
}
