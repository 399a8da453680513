/** A file's name that no header misunderstands: letters, digits and . _ - only. */
export function plainName(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9._-]+/g, "_")
      .replace(/^\.+/, "_")
      .slice(0, 200) || "file"
  );
}

/** A path of this portal to go back to; anything else is the home page. */
export function localAddress(path: string | null | undefined): string {
  return path && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(path) ? path : "/";
}
