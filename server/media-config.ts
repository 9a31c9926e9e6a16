import { isIP } from "node:net";
import type { ConfigReader, FlagKinds } from "./config-reader.ts";

/** What the media process was told, checked. */
export type MediaConfig = {
  /** Where pictures come in and go out over HTTP; 0 for any. */
  port: number;
  /** How browsers reach that port where something stands in front of it, without a slash at the end; null: by the host they asked. */
  url: string | null;
  /** Null: looked for in the path. */
  ffmpeg: string | null;
  /** Null: encoders do not come by RTMP. */
  rtmpPort: number | null;
  /** One for each room that takes SRT; null: encoders do not come by SRT. */
  srtPorts: PortRange | null;
  /** Of WebRTC. */
  udpPorts: PortRange;
  /** What WebRTC tells browsers to reach this machine by, beside its own addresses. */
  publicIps: readonly string[];
  turn: { urls: readonly string[]; secret: string } | null;
  partMs: number;
  /** Recordings that are older are deleted; null: kept. */
  recordMs: number | null;
  /** Of all recordings together: beyond it the oldest are deleted; null: kept. */
  recordBytesMax: number | null;
};
/** Both belong to it. */
export type PortRange = { from: number; to: number };

export const mediaFlags = {
  "no-media": "switch",
  "media-port": "value",
  "media-url": "value",
  ffmpeg: "value",
  "rtmp-port": "value",
  "srt-ports": "value",
  "udp-ports": "value",
  "public-ips": "list",
  turn: "list",
  "part-ms": "value",
  "record-days": "value",
  "record-mb": "value",
} as const satisfies FlagKinds;
type Reader = ConfigReader<typeof mediaFlags>;

const portMax = 65_535;
const rtmpPortUsual = 1_935;
const srtPortsUsual: PortRange = { from: 9_000, to: 9_019 };
const udpPortsUsual: PortRange = { from: 50_000, to: 50_999 };
const partMsUsual = 200;
const partMsRange = { min: 100, max: 1_000 };
const recordDaysMax = 36_500;
const recordMbMax = 1_000_000_000;
const turnSecretBytesMin = 16;

/** @param ports those that are taken, the private one last; the media port is the next after it unless it is named. */
export function readMediaConfig(
  reader: Reader,
  ports: readonly [number, number],
  turnSecret: string | undefined,
): MediaConfig | null {
  if (reader.switch("no-media")) return null;
  return {
    port: readPort(reader, ports),
    url: readUrl(reader),
    ffmpeg: reader.text("ffmpeg"),
    rtmpPort: reader.integer("rtmp-port", rtmpPortUsual, 0, portMax) || null,
    srtPorts: reader.text("srt-ports") === "0" ? null : readRange(reader, "srt-ports", srtPortsUsual),
    udpPorts: readRange(reader, "udp-ports", udpPortsUsual),
    publicIps: readPublicIps(reader),
    turn: readTurn(reader, turnSecret ?? ""),
    partMs: reader.integer("part-ms", partMsUsual, partMsRange.min, partMsRange.max),
    recordMs: orNull(reader.integer("record-days", 0, 1, recordDaysMax), 86_400_000),
    recordBytesMax: orNull(reader.integer("record-mb", 0, 1, recordMbMax), 1024 * 1024),
  };
}

function readPort(reader: Reader, ports: readonly [number, number]): number {
  const next = ports[1] === 0 || ports[1] >= portMax ? 0 : ports[1] + 1;
  if (next === 0 && ports[1] !== 0 && reader.text("media-port") === null)
    reader.problem("After the private port comes no other: give --media-port.");
  const port = reader.integer("media-port", next, 0, portMax);
  if (port !== 0 && ports.includes(port))
    reader.problem("--media-port must differ from --port and --private-port.");
  return port;
}

function readUrl(reader: Reader): string | null {
  const text = reader.text("media-url");
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain =
    url !== null && /^https?:$/.test(url.protocol) && url.search + url.hash + url.username === "";
  if (isPlain) return url.href.replace(/\/$/, "");
  reader.problem(
    `--media-url must be an address such as https://live.example/media, not ${JSON.stringify(text)}.`,
  );
  return null;
}

function readRange(reader: Reader, flag: "srt-ports" | "udp-ports", usual: PortRange): PortRange {
  const text = reader.text(flag);
  if (text === null) return usual;
  const [from = 0, to = 0] = (/^\d{1,5}-\d{1,5}$/.test(text) ? text : "").split("-").map(Number);
  if (from >= 1 && from <= to && to <= portMax) return { from, to };
  reader.problem(
    `--${flag} takes two ports and all between them, such as ${usual.from}-${usual.to}, not ${JSON.stringify(text)}.`,
  );
  return usual;
}

function readPublicIps(reader: Reader): readonly string[] {
  const ips = reader.list("public-ips");
  for (const ip of ips)
    if (isIP(ip) === 0)
      reader.problem(
        `--public-ips takes addresses such as 203.0.113.7, separated by commas, not ${JSON.stringify(ip)}.`,
      );
  return ips;
}

/** The secret is coturn's `static-auth-secret`, from which each viewer gets a name and a password that end by themselves. */
function readTurn(reader: Reader, secret: string): MediaConfig["turn"] {
  const urls = reader.list("turn");
  if (urls.length === 0) return null;
  for (const url of urls)
    if (!/^turns?:[a-z0-9.[\]:-]+(\?transport=(udp|tcp))?$/i.test(url))
      reader.problem(`--turn takes addresses such as turn:turn.example:3478, not ${JSON.stringify(url)}.`);
  if (Buffer.byteLength(secret, "utf8") < turnSecretBytesMin)
    reader.problem(
      `--turn needs CHORUS_TURN_SECRET, the static-auth-secret of coturn, of at least ${turnSecretBytesMin} bytes.`,
    );
  return { urls, secret };
}

function orNull(value: number, unit: number): number | null {
  return value === 0 ? null : value * unit;
}
