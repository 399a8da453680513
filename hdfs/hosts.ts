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
