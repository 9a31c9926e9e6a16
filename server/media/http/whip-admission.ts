import { type RoomId, roomId } from "@chorus/protocol/ids.ts";
import type { Clock } from "../../clock.ts";
import type { TokenVerifier } from "../../identity/verify-token.ts";
import type { Problem } from "../../api/problem.ts";
import { written } from "../../api/problem.ts";
import type { Admission } from "../broadcast/publishers.ts";
import type { LiveRooms } from "../live-rooms.ts";
import type { Publication } from "../webrtc/engine.ts";
import type { Exchange, Reply } from "../webrtc/exchange.ts";
import type { Admitted } from "../webrtc/whip.ts";
import { broadcasterOf } from "./ingest-routes.ts";

/** A JSON Web Token has two dots, a stream key none. */
const token = /^Bearer +[\w-]+\.[\w-]+\.[\w-]*$/i;
const key = /^Bearer +(?<key>[\w-]{1,128})$/i;
const anyPage = { "access-control-allow-origin": "*", "cache-control": "no-store" };

/** Who may publish by WHIP: whoever shows the room's stream key, or a token with the grant `stage` (RFC 9725, 4.8). */
export function createWhipAdmission(
  rooms: LiveRooms,
  tokens: TokenVerifier,
  clock: Clock,
): (exchange: Exchange) => Promise<Admitted | Reply> {
  return async function admit(exchange) {
    const room = roomId(exchange.room);
    const { authorization } = exchange.headers;
    let shown: string | null = null;
    if (authorization === undefined || token.test(authorization)) {
      const headers = authorization === undefined ? {} : { authorization };
      const refused = await broadcasterOf(room, headers, tokens, clock, "stage");
      if (refused !== null) return replyOf(refused);
    } else shown = key.exec(authorization)?.groups?.["key"] ?? "";
    return admitted(exchange, room, shown);
  };

  function admitted({ address }: Exchange, room: RoomId, shown: string | null): Admitted | Reply {
    let publication: Publication | null = null;
    let dismissed = false;
    const admission = rooms.publishers.admit({
      room,
      kind: "whip",
      address: address ?? "",
      key: shown,
      dismiss() {
        dismissed = true;
        publication?.close();
      },
    });
    if (!admission.ok) return refusalOf(admission);
    return {
      published(one) {
        publication = one;
        if (dismissed) return one.close();
        rooms.publishes(room, one);
        const stop = one.samples(admission.sink);
        one.onState((state) => {
          if (state !== "failed" && state !== "closed") return;
          stop();
          admission.ended();
        });
      },
      failed: () => admission.ended(),
    };
  }
}

function refusalOf({ reason, sentence }: Admission & { ok: false }): Reply {
  const statuses = { key: 401, pace: 429, room: 409, store: 503 } as const;
  const names = { key: "unauthorised", pace: "rate", room: "refused", store: "unavailable" } as const;
  const status = statuses[reason];
  const body = {
    type: `urn:chorus:problem:${names[reason]}`,
    title: "The encoder was refused",
    status,
    detail: sentence,
  };
  const challenge = reason === "key" ? { "www-authenticate": 'Bearer realm="chorus"' } : {};
  const wait = reason === "key" ? {} : { "retry-after": reason === "pace" ? "60" : "5" };
  return {
    status,
    headers: { ...anyPage, ...challenge, ...wait, "content-type": "application/problem+json" },
    body: JSON.stringify(body),
  };
}

function replyOf(refused: Problem): Reply {
  const { status, headers, body } = written(refused);
  return { status, headers: { ...headers, ...anyPage }, body: Buffer.from(body).toString("utf8") };
}
