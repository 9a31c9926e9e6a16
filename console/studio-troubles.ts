import type { StudioWords } from "@chorus/elements/words/studio-words.ts";
import type { Ingest } from "./studio-broadcast.ts";
import type { DeviceTrouble } from "./studio-device-trouble.ts";
import type { Source } from "./studio-devices.ts";
import type { Refusal } from "./studio-ingest.ts";
import type { Session } from "./studio-session.ts";

/** All that can be in a host's way at a moment. */
export type Troubles = {
  readonly blocked: "no-media" | "no-token" | null;
  readonly refusal: Refusal | null;
  readonly noRoom: boolean;
  readonly session: Session;
  readonly state: Ingest["state"] | null;
  readonly device: DeviceTrouble | null;
  readonly gone: Source | null;
};

/** One sentence for each, which says what to do; what makes the rest pointless stands alone. */
export function sentencesOf(troubles: Troubles, words: StudioWords): readonly string[] {
  const { blocked, refusal, noRoom, session, state, device, gone } = troubles;
  if (blocked === "no-token") return [words.noToken];
  if (blocked === "no-media") return [words.noMedia];
  if (refusal === "not-host") return [words.refusal["not-host"]];
  const sentences: string[] = [];
  if (refusal !== null) sentences.push(words.refusal[refusal]);
  if (noRoom) sentences.push(words.noRoom);
  if (session.phase === "waiting") sentences.push(words.retrying(session.tries));
  if (session.phase === "connecting" && session.began) sentences.push(words.retrying(session.tries));
  if (session.phase === "failed" && session.failure !== refusal)
    sentences.push(words.failure[isHeld(session.failure, state) ? "held" : session.failure]);
  if (gone !== null) sentences.push(words.unplugged[gone]);
  if (device !== null) {
    sentences.push(words.device[device.kind][device.source]);
    if (device.source === "microphone" && session.phase === "sending") sentences.push(words.silent);
  }
  return sentences;
}

/** The same refusal has two reasons, and only what the room is at tells them apart. */
function isHeld(failure: string, state: Ingest["state"] | null): boolean {
  return failure === "occupied" && state === "ended";
}
