import { createHmac } from "node:crypto";
import type { Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { Type } from "typebox";
import type { MediaConfig } from "../../media-config.ts";

/** As RTCPeerConnection takes it. */
export const IceServerSchema = Type.Object({
  urls: Type.Array(Type.String()),
  username: Type.String(),
  credential: Type.String(),
});
export type IceServer = Type.Static<typeof IceServerSchema>;

/**
 * Names and passwords that end by themselves, as coturn checks them under `use-auth-secret`: the name says until when (Unix
 * seconds), and the password is its HMAC-SHA1 (draft-uberti-behave-turn-rest-00, section 2.2).
 */
export function iceServersOf(turn: MediaConfig["turn"], now: Time): readonly IceServer[] {
  if (turn === null) return [];
  const username = `${Math.floor((now + limits.mediaTurnMs) / 1_000)}:chorus`;
  const credential = createHmac("sha1", turn.secret).update(username, "utf8").digest("base64");
  return [{ urls: [...turn.urls], username, credential }];
}
