/** Kinds of messages as programs write them, by program; a name in brackets is filled from VALUES. Our own lines, none of a collection. */
export const SAMPLES: Record<string, readonly string[]> = {
  sshd: [
    "Failed password for {user} from {ip} port {n} ssh2",
    "Failed password for invalid user {user} from {ip} port {n} ssh2",
    "Accepted publickey for {user} from {ip} port {n} ssh2: RSA SHA256:{hex}",
    "Invalid user {user} from {ip}",
    "Received disconnect from {ip}: 11: Bye Bye [preauth]",
    "Connection closed by {ip} [preauth]",
    "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={host}",
    "pam_unix(sshd:auth): check pass; user unknown",
    "reverse mapping checking getaddrinfo for {host} [{ip}] failed - POSSIBLE BREAK-IN ATTEMPT!",
    "session opened for user {user} by (uid=0)",
    "session closed for user {user}",
  ],
  hdfs: [
    "Receiving block blk_{n} src: /{ip}:{n} dest: /{ip}:50010",
    "PacketResponder {d} for block blk_{n} terminating",
    "BLOCK* NameSystem.addStoredBlock: blockMap updated: {ip}:50010 is added to blk_{n} size {n}",
    "BLOCK* NameSystem.allocateBlock: /user/root/{word}/_temporary/task_{n}/part-{n}. blk_{n}",
    "Verification succeeded for blk_{n}",
    "Deleting block blk_{n} file /mnt/hadoop/dfs/data/current/subdir{d}/blk_{n}",
    "Served block blk_{n} to /{ip}",
    "Got exception while serving blk_{n} to /{ip}:",
  ],
  hadoop: [
    "attempt_{n} TaskAttempt Transitioned from {state} to {state}",
    "Task: attempt_{n} - exited : java.net.NoRouteToHostException: No Route to Host from {host}/{ip} to {host}:{n} failed on socket timeout exception",
    "Progress of TaskAttempt attempt_{n} is : 0.{n}",
    "Retrying connect to server: {host}/{ip}:{n}. Already tried {d} time(s); retry policy is RetryUpToMaximumCountWithFixedSleep",
    "Auth successful for job_{n} (auth:SIMPLE)",
    "Created MRAppMaster for application appattempt_{n}",
    "Executing with tokens:",
    "Registering class org.apache.hadoop.mapreduce.{class} for class org.apache.hadoop.{class}",
    "Address change detected. Old: {host}/{ip}:{n} New: {host}:{n}",
  ],
  spark: [
    "Running task {d}.0 in stage {d}.0 (TID {n})",
    "Finished task {d}.0 in stage {d}.0 (TID {n}). {n} bytes result sent to driver",
    "Found block rdd_{d}_{d} locally",
    "Block broadcast_{d}_piece0 stored as bytes in memory (estimated size {d}.{d} KB, free {n}.{d} KB)",
    "Getting {n} non-empty blocks out of {n} blocks",
    "Started reading broadcast variable {d}",
    "Reading broadcast variable {d} took {n} ms",
    "Changing view acls to: {user}",
    "SecurityManager: authentication disabled; ui acls disabled; users with view permissions: Set({user}, {user})",
    "Successfully started service '{word}' on port {n}.",
    "mapreduce.job.id is deprecated. Instead, use mapreduce.job.id",
    "Saved output of task 'attempt_{n}' to hdfs://{ip}:9000/user/{user}/out/_temporary/task_{n}",
  ],
  linux: [
    "authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost={host}  user={user}",
    "session opened for user {user} by (uid={d})",
    "connection from {ip} ({host}) at {day} Jun {d} 03:20:{d} 2005",
    "ALERT exited abnormally with [1]",
    "cupsd startup succeeded",
    "syslogd startup succeeded",
    "Kernel command line: ro root=LABEL=/ rhgb quiet",
    "klogd {d}.4.1, log source = /proc/kmsg started.",
    "getpeername (ftpd): Transport endpoint is not connected",
    "removing device node '/udev/vcs{d}'",
    "usbcore: registered new driver {word}",
  ],
  windows: [
    "SQM: Initializing online with Windows opt-in: False",
    "Warning: Unrecognized packageExtended attribute.",
    "Session: {n}_{n} initialized by client {class}.",
    "Read out cached package applicability for package: Package_for_KB{n}~31bf3856ad364e35~amd64~~6.1.1.{d}, ApplicableState: {d}, CurrentState:{d}",
    "WcpInitialize (wcp.dll version 0.0.0.6) called (stack @0x{hex} @0x{hex})",
    "Expecting attribute name [HRESULT = 0x{hex} - CBS_E_MANIFEST_INVALID_ITEM]",
    "Failed to get next element [HRESULT = 0x{hex} - CBS_E_MANIFEST_INVALID_ITEM]",
    "Starting TrustedInstaller initialization.",
    "Ending TrustedInstaller initialization.",
  ],
  openstack: [
    '{ip} "GET /v2/{hex}/servers/detail HTTP/1.1" status: 200 len: {n} time: 0.{n}',
    "[instance: {uuid}] VM Started (Lifecycle Event)",
    "[instance: {uuid}] VM Paused (Lifecycle Event)",
    "[instance: {uuid}] Took {d}.{n} seconds to spawn the instance on the hypervisor.",
    "image {uuid} at (/var/lib/nova/instances/_base/{hex}): checking",
    "Creating event network-vif-plugged:{uuid} for instance {uuid}",
    "[instance: {uuid}] Terminating instance",
    "Active base files: /var/lib/nova/instances/_base/{hex}",
  ],
  apache: [
    "jk2_init() Found child {n} in scoreboard slot {d}",
    "workerEnv.init() ok /etc/httpd/conf/workers2.properties",
    "mod_jk child workerEnv in error state {d}",
    "[client {ip}] Directory index forbidden by rule: /var/www/html/",
    "jk2_init() Can't find child {n} in scoreboard",
  ],
  zookeeper: [
    "Received connection request /{ip}:{n}",
    "Notification time out: {n}",
    "Send worker leaving thread",
    "Interrupted while waiting for message on queue",
    "Connection broken for id {n}, my id = {d}, error =",
    "Established session 0x{hex} with negotiated timeout {n} for client /{ip}:{n}",
    "Closed socket connection for client /{ip}:{n} which had sessionid 0x{hex}",
    "Client attempting to establish new session at /{ip}:{n}",
    "Accepted socket connection from /{ip}:{n}",
    "New election. My id =  {d}, proposed zxid=0x{hex}",
  ],
  app: [
    "User {user} logged in from {host}",
    "User {user} changed the plan to {plan}",
    "backup of {host} on {day} finished",
    "mail to {mail} was sent",
    "cannot open file {file} for writing",
    "cache miss for key {word}.{word}",
    "payment of {user} refused by {word}",
    "order {n} shipped to {city}",
  ],
};

const words = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa".split(
  " ",
);
const users = "root admin guest test oracle cyrus news ann bob zoe ftpuser webmaster nagios deploy git mallory".split(
  " ",
);

const VALUES: Record<string, (pick: (below: number) => number) => string> = {
  user: pick => users[pick(users.length)] ?? "",
  host: pick => `${words[pick(16)]}-${words[pick(16)]}.${["example.org", "intern", "msra.local", "adsl.net"][pick(4)]}`,
  ip: pick => `10.${pick(250)}.${pick(250)}.${pick(250)}`,
  n: pick => String(1000 + pick(1_000_000)),
  d: pick => String(pick(10)),
  hex: pick => `${(1 + pick(2 ** 31)).toString(16)}${(1 + pick(2 ** 31)).toString(16)}`,
  uuid: pick =>
    `${pick(2 ** 31)
      .toString(16)
      .padStart(8, "0")}-1111-4222-8333-${pick(2 ** 31)
      .toString(16)
      .padStart(12, "0")}`,
  word: pick => words[pick(16)] ?? "",
  state: pick => ["NEW", "UNASSIGNED", "ASSIGNED", "RUNNING", "SUCCESS_CONTAINER_CLEANUP", "SUCCEEDED"][pick(6)] ?? "",
  class: pick => `${words[pick(16)]}.${words[pick(16)]}EventType`,
  day: pick => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][pick(7)] ?? "",
  plan: pick => ["basic", "plus", "premium", "family", "team"][pick(5)] ?? "",
  mail: pick => `${users[pick(16)]}@${words[pick(16)]}.example`,
  file: pick => `/srv/${words[pick(16)]}/${words[pick(16)]}.txt`,
  city: pick => ["Berlin", "Paris", "Rome", "Oslo", "Madrid", "Vienna", "Bern"][pick(7)] ?? "",
};

/** So many messages of a program with the kind that each is of; the same for the same number. Some kinds are rare, as in life. */
export function messagesOf(program: string, count = 2000): { kind: number; text: string }[] {
  let seed = 7;
  const pick = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const kinds = SAMPLES[program] ?? [];
  return Array.from({ length: count }, () => {
    const kind = Math.min(pick(kinds.length), pick(kinds.length));
    const text = (kinds[kind] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => VALUES[name]?.(pick) ?? name);
    return { kind, text };
  });
}

/** Of lines with their true kind and the template found: how many stand in a group that is exactly a kind, and templates per kind. */
export function accuracy(lines: readonly { kind: number; template: string }[]): { grouped: number; ratio: number } {
  const members = (of: (line: { kind: number; template: string }) => string | number) => Map.groupBy(lines, of);
  const [byKind, byTemplate] = [members(line => line.kind), members(line => line.template)];
  let right = 0;
  for (const group of byTemplate.values()) {
    const kind = group[0]?.kind ?? -1;
    if (group.every(line => line.kind === kind) && byKind.get(kind)?.length === group.length) right += group.length;
  }
  return { grouped: right / lines.length, ratio: byTemplate.size / byKind.size };
}
