import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** A file as browsers get it, ready in memory. */
export type Asset = { readonly type: string; readonly etag: string; readonly bytes: Uint8Array };

/**
 * Everything that can be asked for, by its address: found at the start, so that no request ever becomes a path, and read when
 * it is asked for first, so that a gateway is up sooner. Of the SDK browsers run the same source that Node runs,
 * without its types.
 */
export type Assets = {
  /** A page itself, which has an address of its own; null while there is none. */
  page(name: PageName): Asset | null;
  file(address: string): Asset | null;
};
export type PageName = "viewer" | "embed" | "studio";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".map": "application/json",
  ".txt": "text/plain; charset=utf-8",
};
const ofPages = [".css", ".svg", ".png", ".ico"];
const folders = [
  { folder: "console", address: "/assets/", extensions: ofPages },
  { folder: "sdk", address: "/assets/sdk/", extensions: [".ts"] },
  { folder: "protocol", address: "/assets/protocol/", extensions: [".ts"] },
  { folder: "elements/dist", address: "/elements/", extensions: [".js", ".map", ".txt"] },
  // Pages ask for their own half here, so that it is always of the same version as they are.
  { folder: "elements/dist", address: "/assets/built/", extensions: [".js", ".map", ".txt"] },
];
const forTests = /\.(test|contract|fixture)\.ts$/;

/** @param root the folder that holds `console`, `sdk`, `protocol` and `elements`. */
export function loadAssets(root: string): Assets {
  const paths = new Map(
    folders.flatMap(({ folder, address, extensions }) => filesIn(join(root, folder), address, extensions)),
  );
  const files = new Map<string, Asset>();
  const pages = new Map<PageName, Asset>();
  return {
    page(name) {
      const path = join(root, "console", `${name}.html`);
      if (!pages.has(name) && existsSync(path)) pages.set(name, read(path));
      return pages.get(name) ?? null;
    },
    file(address) {
      const path = paths.get(address);
      if (path !== undefined && !files.has(address)) files.set(address, read(path));
      return files.get(address) ?? null;
    },
  };
}

function filesIn(folder: string, address: string, extensions: readonly string[]): [string, string][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && extensions.includes(extname(entry.name)) && !forTests.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.slice(folder.length).includes("node_modules"))
    .map((path) => [`${address}${path.slice(folder.length + 1)}`, path]);
}

function read(path: string): Asset {
  const source = readFileSync(path);
  const bytes = extname(path) === ".ts" ? forBrowsers(source.toString("utf8")) : source;
  return assetOf(types[extname(path)] ?? "application/octet-stream", bytes);
}

export function assetOf(type: string, bytes: Uint8Array): Asset {
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  return { type, etag, bytes };
}

const packed = new WeakMap<Asset, Asset>();
const packedFromBytes = 1_024;

/** The same file with gzip, made once; null where that is not worth it, and for pages, which are written for each request. */
export function packedOf(asset: Asset): Asset | null {
  const { type, bytes, etag } = asset;
  if (bytes.length < packedFromBytes || !/javascript|css|json|svg/.test(type)) return null;
  const known = packed.get(asset) ?? {
    type,
    bytes: gzipSync(bytes, { level: 9 }),
    etag: `${etag.slice(0, -1)}.gz"`,
  };
  packed.set(asset, known);
  return known;
}

/** The same bytes under other headers: a browser that has them with those of before asks for all of it again. */
export function variantOf(asset: Asset | null, headers: string): Asset | null {
  return asset && { ...asset, etag: assetOf("", Buffer.from(asset.etag + headers)).etag };
}

/** A browser knows no packages: ours are folders beside each other. */
function forBrowsers(source: string): Uint8Array {
  const script = stripTypeScriptTypes(source, { mode: "strip" });
  return Buffer.from(
    script
      .replaceAll('"@chorus/protocol/', '"/assets/protocol/')
      .replaceAll('"@chorus/sdk/', '"/assets/sdk/'),
  );
}
