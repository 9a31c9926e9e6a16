import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import type { LogLevel } from "../config.ts";

/** Whoever reads the log must not become anybody: no field of these names, and nothing that looks like a token anywhere. */
const secretFields = ["token", "resume", "guest", "authorization", "cookie"];
const censored = "[secret]";
const tokens = /\b(?:eyJ[\w-]+\.[\w-]+\.[\w-]*|[rg]1\.[\w-]{16,}\.[\w-]{16,})/g;

/** One line of JSON an event, on standard output unless told otherwise. */
export function createLogger(options: { process: string; level: LogLevel; to?: DestinationStream }): Logger {
  const { process, level, to } = options;
  const paths = secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const settings = {
    level,
    base: { process },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: censored },
    hooks: { streamWrite: (line: string) => line.replaceAll(tokens, censored) },
  };
  return to === undefined ? pino(settings) : pino(settings, to);
}
