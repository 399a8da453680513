import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import type { RequestHandler } from "express";
import { PROJECT } from "../../core/settings.ts";

interface Asset {
  bytes: Buffer;
  type: string;
  version: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The files of views/assets, htmx and tus, read once: a name that is not among them is not served. */
export function assets(): { address(name: string): string; serve: RequestHandler } {
  const all = readAll();
  return {
    address: name => `/assets/${name}?v=${all.get(name)?.version ?? ""}`,
    serve(request, response, next) {
      const asset = all.get(request.path.slice(1));
      if (!asset) return next();
      response.setHeader("Content-Type", asset.type);
      response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
      response.end(asset.bytes);
    },
  };
}

function readAll(): Map<string, Asset> {
  const folder = join(PROJECT, "views", "assets");
  const { resolve } = createRequire(import.meta.url);
  const htmx = join(dirname(resolve("htmx.org")), "htmx.min.js");
  const tus = join(dirname(resolve("tus-js-client/package.json")), "dist", "tus.min.js");
  const paths = [
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
      path => [basename(path), join(folder, path)] as const,
    ),
    ["htmx.min.js", htmx] as const,
    ["tus.min.js", tus] as const,
  ];
  return new Map(paths.flatMap(([name, path]) => (TYPES[extname(name)] ? [[name, assetOf(path)]] : [])));
}

function assetOf(path: string): Asset {
  const bytes = readFileSync(path);
  const version = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  return { bytes, type: TYPES[extname(path)] ?? "application/octet-stream", version };
}
