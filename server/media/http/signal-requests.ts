import type { IncomingMessage, ServerResponse } from "node:http";
import { addressOf } from "../../api/address-of.ts";
import { roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Clock } from "../../clock.ts";
import type { Config } from "../../config.ts";
import { refuse, type Reply } from "../webrtc/exchange.ts";
import type { Signalling } from "../webrtc/signalling.ts";
import type { PlaybackPrefixes } from "./playback-prefix.ts";
import { bodyOf, send } from "./raw-answer.ts";

const room = "(?<room>[a-z0-9][a-z0-9._-]{0,63})";
const session = "(?:/(?<session>[\\w-]{1,64}))?$";
const whipAddress = new RegExp(`^/v1/rooms/${room}/whip${session}`);
const whepAddress = new RegExp(`^/v1/signed/(?<prefix>[\\w.-]{1,96})/rooms/${room}/whep${session}`);

/**
 * Requests of WHIP and WHEP. Publishers show a stream key or a token, players come by a signed prefix; a session that was begun
 * goes on under any prefix of its room, since its name is a secret of its own.
 */
export function createSignalRequests(options: {
  config: Pick<Config, "trustedProxies">;
  clock: Clock;
  prefixes: PlaybackPrefixes;
  whip: Signalling;
  whep: Signalling;
}): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { config, clock, prefixes, whip, whep } = options;

  return function handle(request, response) {
    const [path = ""] = (request.url ?? "").split("?");
    const publishing = whipAddress.exec(path)?.groups;
    if (publishing !== undefined) {
      void exchange(request, response, whip, publishing);
      return true;
    }
    const playing = whepAddress.exec(path)?.groups;
    if (playing === undefined) return false;
    const { prefix = "", room: name = "" } = playing;
    const begins = playing["session"] === undefined && request.method !== "OPTIONS";
    const allowed = prefixes.check(prefix, roomId(name), clock.now());
    if (begins && allowed?.entitlement !== "low") answer(request, response, ended);
    else void exchange(request, response, whep, playing);
    return true;
  };

  async function exchange(
    request: IncomingMessage,
    response: ServerResponse,
    signalling: Signalling,
    { room: name = "", session: of }: Readonly<Record<string, string | undefined>>,
  ): Promise<void> {
    const body = await bodyOf(request, response, limits.mediaSdpBytesMax);
    if (body === null) return;
    const reply = await signalling.handle({
      method: request.method ?? "",
      room: name,
      session: of ?? null,
      headers: headersOf(request),
      body: body.toString("utf8"),
      address: addressOf(request, config.trustedProxies),
    });
    answer(request, response, reply);
  }
}

const ended: Reply = refuse(
  "not-found",
  "The address has ended or is not of this room: ask for the broadcast again.",
);

/** Names that come several times are none that matter here. */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : undefined]),
  );
}

function answer(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Reply): void {
  send(request, response, { status, headers, body: body === "" ? null : Buffer.from(body) });
}
