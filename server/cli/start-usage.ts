import { availableParallelism } from "node:os";
import { defaultRoomSharePercent, logLevels, type startFlags } from "../config.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Flag, Usage } from "./arguments.ts";

/** The flags of `start` in words. Each is also an environment variable: `--private-port` is CHORUS_PRIVATE_PORT. */
export const startUsageFlags = {
  port: { kind: "value", hint: "N", about: "The public port.", otherwise: "8080" },
  host: {
    kind: "value",
    hint: "ADDRESS",
    about: "The address to listen on. Default: 0.0.0.0, with --dev 127.0.0.1.",
  },
  "private-port": {
    kind: "value",
    hint: "N",
    about: "Metrics and administration, on 127.0.0.1 only. Default: the next after --port.",
  },
  data: { kind: "value", hint: "DIR", about: "Where everything is kept.", otherwise: "data" },
  single: { kind: "switch", about: "All in one process." },
  dev: {
    kind: "switch",
    about: "To try Chorus out: a published signing key, guests, a room demo. Everybody can be anybody.",
  },
  "dev-on-network": { kind: "switch", about: "With --dev: let other machines in too." },
  gateways: {
    kind: "value",
    hint: "N",
    about: `Processes that serve connections. Default: ${Math.max(1, availableParallelism() - 1)} here, one less than the cores.`,
  },
  "signing-key-file": {
    kind: "list",
    hint: "F",
    about: "A secret that tokens are signed with (HS256), the newest first; or CHORUS_SIGNING_KEY.",
  },
  "public-key-file": { kind: "list", hint: "F", about: "A public key, PEM or JWK (RS256, ES256)." },
  jwks: { kind: "value", hint: "URL", about: "Where public keys are published as a JWK set." },
  issuer: { kind: "value", hint: "ISS", about: "Believe only tokens of this issuer (iss)." },
  audience: { kind: "value", hint: "AUD", about: "Believe only tokens for this audience (aud)." },
  origins: {
    kind: "list",
    hint: "ORIGINS",
    about: "Origins whose pages may connect, separated by commas, or *. Default: the server's own.",
  },
  "trusted-proxies": {
    kind: "list",
    hint: "CIDRS",
    about: "Proxies whose X-Forwarded-For is believed, separated by commas.",
  },
  "connections-per-ip": {
    kind: "value",
    hint: "N",
    about: `So many connections from one address, over all gateways. Default: ${limits.connectionsPerIpMax}, more with --dev.`,
  },
  "room-share": {
    kind: "value",
    hint: "PERCENT",
    about: `Of a gateway's time, for writing to one room, before the room gives something up. Default: ${defaultRoomSharePercent}.`,
  },
  "egress-mbps": {
    kind: "value",
    hint: "N",
    about:
      "What the line of each gateway carries, in megabits a second: hot rooms stay within. Default: any.",
  },
  segments: {
    kind: "switch",
    about:
      "Rooms that are far too hot are read by segments. Only with a cache in front: see docs/segments.md.",
  },
  "keep-days": {
    kind: "value",
    hint: "N",
    about: "Drop from every room what is older, pins aside. Default: keep all.",
  },
  "keep-mb": {
    kind: "value",
    hint: "N",
    about:
      "Drop the oldest of a room that holds more MiB. With --keep-days too, either is enough. Default: keep all.",
  },
  "no-media": { kind: "switch", about: "Chat alone: no picture passes through this server." },
  "media-port": {
    kind: "value",
    hint: "N",
    about: "The public port of pictures. Default: the next after --private-port.",
  },
  "media-url": {
    kind: "value",
    hint: "URL",
    about: "How browsers reach that port, where a proxy stands in front. Default: by the host they asked.",
  },
  ffmpeg: {
    kind: "value",
    hint: "PATH",
    about: "For encoders by RTMP and SRT, and for thumbnails. Default: ffmpeg in the path.",
  },
  "rtmp-port": {
    kind: "value",
    hint: "N",
    about: "Where encoders come by RTMP; 0 for not.",
    otherwise: "1935",
  },
  "srt-ports": {
    kind: "value",
    hint: "A-B",
    about: "UDP ports for encoders by SRT, one a room; 0 for not.",
    otherwise: "9000-9019",
  },
  "udp-ports": { kind: "value", hint: "A-B", about: "UDP ports of WebRTC.", otherwise: "50000-50999" },
  "public-ips": {
    kind: "list",
    hint: "IPS",
    about: "Addresses that WebRTC reaches this machine by from outside, separated by commas.",
  },
  turn: {
    kind: "list",
    hint: "URLS",
    about: "TURN servers for viewers behind strict networks; with CHORUS_TURN_SECRET.",
  },
  "part-ms": {
    kind: "value",
    hint: "MS",
    about: "How long a part of low-latency HLS is, from 100 to 1000.",
    otherwise: "200",
  },
  "record-days": { kind: "value", hint: "N", about: "Delete recordings that are older. Default: keep all." },
  "record-mb": {
    kind: "value",
    hint: "N",
    about: "Delete the oldest recordings beyond so many MiB in all. Default: keep all.",
  },
  "log-level": { kind: "value", hint: "LEVEL", about: `One of ${logLevels.join(", ")}.`, otherwise: "info" },
} as const satisfies Record<keyof typeof startFlags, Flag>;

export const startUsage: Usage = {
  name: "start",
  about: [
    "Runs Chorus on this machine until it is told to stop. A process that ends is started again.",
    "Each flag is also an environment variable: --private-port is CHORUS_PRIVATE_PORT. Flags win.",
  ],
  operand: null,
  flags: { ...startUsageFlags, help: { kind: "switch", about: "Print this." } },
  examples: ["chorus start --dev", "chorus start --data /var/lib/chorus --signing-key-file chorus.key"],
};
