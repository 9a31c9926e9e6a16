import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { limits } from "@chorus/protocol/limits.ts";
import { createConfigReader, type ConfigReader, type Environment } from "./config-reader.ts";
import { type Cidr, isLoopback, parseCidr } from "./identity/client-address.ts";
import type { Keep } from "./keeper/trimming.ts";
import { type MediaConfig, mediaFlags, readMediaConfig } from "./media-config.ts";
import { readPublicKeys, secretBytesMin, secretTokenKey, type TokenKey } from "./identity/token-keys.ts";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Whose pages may open a connection: those of the server's own address, those named, or all. */
export type Origins = "same" | "any" | readonly string[];

/** What `chorus start` was told, checked: nothing behind it needs to doubt a value. */
export type Config = {
  host: string;
  port: number;
  /** On 127.0.0.1: metrics and administration. */
  privatePort: number;
  dataDir: string;
  single: boolean;
  dev: boolean;
  gateways: number;
  tokens: TokenConfig;
  origins: Origins;
  trustedProxies: readonly Cidr[];
  connectionsPerIpMax: number;
  /** The part of a gateway's time that writing to one room may take before the room gives something up. */
  roomShare: number;
  /** A cache stands before the server: rooms that are far too hot are read by segments. */
  segments: boolean;
  /** Of each gateway; null: more than it can write. */
  egressBytesPerSecond: number | null;
  keep: Keep;
  /** Null: no picture passes through this server. */
  media: MediaConfig | null;
  logLevel: LogLevel;
};
export type TokenConfig = {
  /** The signing keys, newest first: tokens of all are believed, so that a key can be replaced. */
  secrets: readonly Uint8Array[];
  keys: readonly TokenKey[];
  jwksUrl: URL | null;
  issuer: string | null;
  audience: string | null;
};
/** Everything that is wrong, each in one sentence that says what to do. */
export type ConfigProblem = { problems: readonly string[] };

/** Published with the source: whoever knows it can be anybody. Only `--dev` believes it. */
export const developmentKey = "chorus development key, known to everybody: never in production";

/** Each flag is also an environment variable: `--private-port` is CHORUS_PRIVATE_PORT. Flags win. */
export const startFlags = {
  port: "value",
  host: "value",
  "private-port": "value",
  data: "value",
  single: "switch",
  dev: "switch",
  "dev-on-network": "switch",
  gateways: "value",
  "signing-key-file": "list",
  "public-key-file": "list",
  jwks: "value",
  issuer: "value",
  audience: "value",
  origins: "list",
  "trusted-proxies": "list",
  "connections-per-ip": "value",
  "room-share": "value",
  "egress-mbps": "value",
  segments: "switch",
  "keep-days": "value",
  "keep-mb": "value",
  "log-level": "value",
  ...mediaFlags,
} as const;
type Reader = ConfigReader<typeof startFlags>;

const portMax = 65_535;
const gatewaysMax = 64;
const keepDaysMax = 36_500;
const keepMbMax = 100_000_000;
const devConnectionsPerIpMax = 100_000;
export const defaultRoomSharePercent = 35;
const egressMbpsMax = 1_000_000;
const connectionsPerIpCeiling = 1_000_000;

export function readConfig(args: readonly string[], env: Environment): Config | ConfigProblem {
  const reader = createConfigReader(startFlags, args, env);
  if (reader.problems.length > 0) return { problems: reader.problems };
  const dev = reader.switch("dev");
  const single = reader.switch("single");
  const port = reader.integer("port", 8_080, 0, portMax);
  const privatePort = readPrivatePort(reader, port, single);
  const config: Config = {
    host: readHost(reader, dev),
    port,
    privatePort,
    dataDir: resolve(reader.text("data") ?? "data"),
    single,
    dev,
    gateways: reader.integer("gateways", Math.max(1, availableParallelism() - 1), 1, gatewaysMax),
    tokens: readTokens(reader, dev, env["CHORUS_SIGNING_KEY"]),
    origins: readOrigins(reader),
    trustedProxies: readTrustedProxies(reader),
    connectionsPerIpMax: reader.integer(
      "connections-per-ip",
      dev ? devConnectionsPerIpMax : limits.connectionsPerIpMax,
      1,
      connectionsPerIpCeiling,
    ),
    roomShare: reader.integer("room-share", defaultRoomSharePercent, 1, 100) / 100,
    egressBytesPerSecond: readEgress(reader),
    segments: reader.switch("segments"),
    keep: readKeep(reader),
    media: readMediaConfig(reader, [port, privatePort], env["CHORUS_TURN_SECRET"]),
    logLevel: reader.oneOf("log-level", logLevels, "info"),
  };
  return reader.problems.length === 0 ? config : { problems: reader.problems };
}

/** A development server believes a key that everybody knows, so it stays on this machine unless told otherwise. */
function readHost(reader: Reader, dev: boolean): string {
  const onNetwork = reader.switch("dev-on-network");
  if (onNetwork && !dev)
    reader.problem("--dev-on-network does nothing without --dev: add --dev or leave it out.");
  const host = reader.text("host") ?? (dev && !onNetwork ? "127.0.0.1" : "0.0.0.0");
  if (host !== "localhost" && isIP(host) === 0) {
    reader.problem(`--host must be an IP address or localhost, not ${JSON.stringify(host)}.`);
  } else if (dev && !onNetwork && !isLoopback(host)) {
    reader.problem(
      `--dev lets everybody in who reaches ${host}: leave --host out, or add --dev-on-network if that is meant.`,
    );
  }
  return host;
}

function readEgress(reader: Reader): number | null {
  const megabits = reader.integer("egress-mbps", 0, 1, egressMbpsMax);
  return megabits === 0 ? null : (megabits * 1_000_000) / 8;
}

function readKeep(reader: Reader): Keep {
  const days = reader.integer("keep-days", 0, 1, keepDaysMax);
  const mebibytes = reader.integer("keep-mb", 0, 1, keepMbMax);
  return {
    forMs: days === 0 ? null : days * 86_400_000,
    bytesMax: mebibytes === 0 ? null : mebibytes * 1024 * 1024,
  };
}

function readPrivatePort(reader: Reader, port: number, single: boolean): number {
  if (port === 0 && !single) {
    reader.problem("--port 0 needs --single, since several gateways must know their common port.");
  }
  if (port === portMax && reader.text("private-port") === null) {
    reader.problem(`After --port ${portMax} comes no other port: give --private-port.`);
  }
  const privatePort = reader.integer(
    "private-port",
    port === 0 || port === portMax ? 0 : port + 1,
    0,
    portMax,
  );
  if (privatePort === port && port !== 0) {
    reader.problem("--private-port must differ from --port, or the administration would be public.");
  }
  return privatePort;
}

function readTokens(reader: Reader, dev: boolean, keyInEnv: string | undefined): TokenConfig {
  const files = reader.list("signing-key-file");
  const secrets = files.map((path) => {
    const text = readKeyFile(reader, "signing-key-file", path);
    return text === null ? "" : checkedSecret(reader, `The signing key in ${path}`, text);
  });
  if (files.length === 0 && keyInEnv !== undefined && keyInEnv !== "") {
    secrets.push(checkedSecret(reader, "CHORUS_SIGNING_KEY", keyInEnv));
  }
  if (!dev && secrets.includes(developmentKey)) {
    reader.problem(
      "The signing key is the published development key: make one of your own, or start with --dev.",
    );
  }
  if (dev && !secrets.includes(developmentKey)) secrets.push(developmentKey);
  const publicKeys = reader.list("public-key-file").flatMap((path) => readPublicKeyFile(reader, path));
  const jwksUrl = readJwksUrl(reader);
  if (secrets.length + reader.list("public-key-file").length === 0 && reader.text("jwks") === null) {
    reader.problem(
      "There is no key to check tokens with: set CHORUS_SIGNING_KEY (`openssl rand -hex 32` makes one), give --signing-key-file, --public-key-file or --jwks, or start with --dev to try Chorus out.",
    );
  }
  const bytes = secrets.map((secret) => Buffer.from(secret, "utf8"));
  const keys = [...bytes.map(secretTokenKey), ...publicKeys];
  return { secrets: bytes, keys, jwksUrl, issuer: reader.text("issuer"), audience: reader.text("audience") };
}

/**
 * The key is the text without the line break at its end. A public key in its place would make everybody who reads
 * that an issuer of tokens.
 */
function checkedSecret(reader: Reader, what: string, text: string): string {
  const secret = text.replace(/\r?\n$/, "");
  if (secret.includes("-----BEGIN ")) {
    reader.problem(`${what} is a PEM key, not a secret: give a public key with --public-key-file.`);
  } else if (secret.includes("\ufffd")) {
    reader.problem(`${what} is not text in UTF-8: \`openssl rand -hex 32\` makes a good one.`);
  } else if (Buffer.byteLength(secret, "utf8") < secretBytesMin) {
    reader.problem(
      `${what} is shorter than ${secretBytesMin} bytes: \`openssl rand -hex 32\` makes a good one.`,
    );
  }
  return secret;
}

function readPublicKeyFile(reader: Reader, path: string): TokenKey[] {
  const text = readKeyFile(reader, "public-key-file", path);
  if (text === null) return [];
  const keys = readPublicKeys(text);
  if (typeof keys !== "string") return keys;
  reader.problem(`--public-key-file ${path} cannot be used. ${keys}`);
  return [];
}

function readKeyFile(
  reader: Reader,
  flag: "signing-key-file" | "public-key-file",
  path: string,
): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    reader.problem(`--${flag} ${path} cannot be read${why}: check the path and its permissions.`);
    return null;
  }
}

function readJwksUrl(reader: Reader): URL | null {
  const text = reader.text("jwks");
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname))) return url;
  reader.problem(`--jwks must be an https URL (http only on this machine), not ${JSON.stringify(text)}.`);
  return null;
}

function readOrigins(reader: Reader): Origins {
  const origins = reader.list("origins");
  if (origins.length === 0) return "same";
  if (origins.length === 1 && origins[0] === "*") return "any";
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    reader.problem(
      `--origins takes origins such as https://example.org, separated by commas, or * alone, not ${JSON.stringify(origin)}.`,
    );
  }
  return origins;
}

function readTrustedProxies(reader: Reader): Cidr[] {
  return reader.list("trusted-proxies").flatMap((text) => {
    const cidr = parseCidr(text);
    if (cidr !== null) return [cidr];
    reader.problem(
      `--trusted-proxies takes addresses or ranges such as 10.0.0.0/8, separated by commas, not ${JSON.stringify(text)}.`,
    );
    return [];
  });
}
