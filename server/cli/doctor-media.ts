import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";
import type { Config } from "../config.ts";
import type { MediaConfig, PortRange } from "../media-config.ts";
import type { Finding } from "./doctor-machine.ts";
import { holderOf, portFinding } from "./doctor-ports.ts";

const ffmpegWithinMs = 5_000;

/** Whether pictures can come in and go out: ports, ffmpeg, and whether WebRTC can be reached from outside. */
export async function checkMedia({ host, media }: Pick<Config, "host" | "media">): Promise<Finding[]> {
  if (media === null) return [{ check: "media", state: "ok", says: "No pictures, by --no-media." }];
  const holder = await holderOf(host, media.port);
  const running = holder === "chorus";
  const udp = running ? [] : await Promise.all(rangesOf(media).map(udpFinding));
  const rtmp = running || media.rtmpPort === null ? [] : [await rtmpFinding(host, media.rtmpPort)];
  const encoders = ffmpegFindings(media, capabilitiesOf(media.ffmpeg ?? "ffmpeg"));
  return [
    portFinding("media port", media.port, holder),
    ...rtmp,
    ...udp,
    ...encoders,
    reachFinding(media, ownAddresses()),
  ];
}

async function rtmpFinding(host: string, port: number): Promise<Finding> {
  const finding = portFinding("rtmp port", port, await holderOf(host, port));
  return finding.state === "fail"
    ? {
        ...finding,
        state: "warn",
        says: `${port} cannot be opened for encoders by RTMP: choose another --rtmp-port.`,
      }
    : finding;
}

function rangesOf({ srtPorts, udpPorts }: MediaConfig): { flag: string; range: PortRange }[] {
  const webrtc = { flag: "udp-ports", range: udpPorts };
  return srtPorts === null ? [webrtc] : [{ flag: "srt-ports", range: srtPorts }, webrtc];
}

/** The first and the last stand for all: a range that is taken is taken at one of its ends, as a rule. */
async function udpFinding({ flag, range }: { flag: string; range: PortRange }): Promise<Finding> {
  const check = flag.replace("-", " ");
  const taken = [];
  for (const port of new Set([range.from, range.to])) if (!(await isFree(port))) taken.push(port);
  if (taken.length === 0)
    return { check, state: "ok", says: `${range.from}-${range.to} (UDP) can be opened.` };
  const says = `${taken.join(" and ")} (UDP) cannot be opened: choose others with --${flag}.`;
  return { check, state: "warn", says };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4").once("error", () => resolve(false));
    socket.bind(port, () => socket.close(() => resolve(true)));
  });
}

/** What an ffmpeg can do; null where there is none. */
export type Capabilities = { srt: boolean };

function capabilitiesOf(path: string): Capabilities | null {
  const { status, stdout } = spawnSync(path, ["-hide_banner", "-protocols"], {
    encoding: "utf8",
    timeout: ffmpegWithinMs,
  });
  return status === 0 ? { srt: /^\s*srt$/m.test(stdout) } : null;
}

export function ffmpegFindings(
  { srtPorts }: Pick<MediaConfig, "srtPorts">,
  can: Capabilities | null,
): Finding[] {
  const check = "ffmpeg";
  if (can === null) {
    const says =
      "There is no ffmpeg: only browsers and encoders that speak WHIP can go live. Install the package ffmpeg, or name it with --ffmpeg.";
    return [{ check, state: "warn", says }];
  }
  if (!can.srt && srtPorts !== null)
    return [
      {
        check,
        state: "warn",
        says: "This ffmpeg does not speak SRT: install one that does, or give --srt-ports 0.",
      },
    ];
  return [{ check, state: "ok", says: "Encoders can come by RTMP and SRT." }];
}

/** Behind a router this machine does not know the address that others reach it by. */
export function reachFinding(
  { publicIps, turn }: Pick<MediaConfig, "publicIps" | "turn">,
  addresses: readonly string[],
): Finding {
  const check = "reach";
  if (publicIps.length > 0)
    return { check, state: "ok", says: `WebRTC is told to come to ${publicIps.join(", ")}.` };
  const isPublic = addresses.some((address) => ipaddr.parse(address).range() === "unicast");
  if (isPublic) return { check, state: "ok", says: "This machine has a public address for WebRTC." };
  if (turn !== null)
    return { check, state: "ok", says: "This machine has private addresses alone: WebRTC goes by TURN." };
  const says =
    "This machine has private addresses alone: viewers from elsewhere get HLS unless --public-ips names its address outside, or --turn a TURN server.";
  return { check, state: "warn", says };
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((those) => those ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);
}
