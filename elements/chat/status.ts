import { closeCodes } from "@chorus/protocol/close-codes.ts";
import type { Words } from "../words/words.ts";
import { type Model, sanctionIn } from "./model.ts";

export type Remedy = "retry" | "reload" | "enter";
/** How the chat says where it stands; null while all is well and there is nothing to say. */
export type StatusLine = { tone: "busy" | "bad" | "quiet"; text: string; remedy: Remedy | null };

export type Situation = {
  words: Words;
  online: boolean;
  /** What the page fetches tokens with has none any more. */
  tokenOver: boolean;
  staff: boolean;
  /** By this client's clock. */
  now: number;
};

export function statusOf(model: Model | null, situation: Situation): StatusLine | null {
  const { words, online, tokenOver } = situation;
  const { connection: said } = words;
  if (model === null) return bad(words.roomRefused["no-such-room"], null);
  const { connection } = model;
  if (tokenOver && connection.state !== "live") return bad(said.tokenOver, "reload");
  switch (connection.state) {
    case "idle":
    case "connecting":
      return busy(said.connecting);
    case "reconnecting":
      if (!online) return busy(said.offline, "retry");
      return busy(waiting(connection.retryAt, situation), "retry");
    case "refused":
      return refusedConnection(model, situation);
    case "closed":
      return bad(said.closed, "enter");
    case "live":
      return inRoom(model, situation);
  }
}

/** Why one cannot write now, in words; null where one can. What is written offline waits, so being offline is no reason. */
export function closedFor(model: Model | null, { words, staff, now }: Situation): string | null {
  const room = model?.room;
  if (model === null || room === undefined) return null;
  if (room.state === "refused") return words.roomRefused[room.reason ?? "connection-refused"];
  if (room.state === "left") return words.room.left;
  if (room.settings === null || room.role === null) return null;
  if (room.settings.state === "archived") return words.phase.archived;
  const muted = sanctionIn(model, "muted", now);
  if (muted !== null) return noticeWords(words, muted);
  if (!room.grants.includes("say")) return words.composer.readOnly;
  if (staff) return null;
  if (room.settings.state !== "live") return words.phase[room.settings.state];
  return room.settings.mode === "read-only" ? words.mode["read-only"] : null;
}

function waiting(retryAt: number | null, { words, now }: Situation): string {
  const seconds = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1_000);
  return seconds < 2 ? words.connection.reconnecting : words.connection.reconnectingIn(seconds);
}

function refusedConnection(model: Model, situation: Situation): StatusLine {
  const { connection: said } = situation.words;
  switch (model.connection.code) {
    case closeCodes.version:
      return bad(said.version, "reload");
    case closeCodes.unauthorised:
      return bad(said.unauthorised, "reload");
    case closeCodes.forbiddenOrigin:
      return bad(said.forbiddenOrigin, null);
    case closeCodes.banned:
      return banned(model, situation);
    default:
      return bad(said.ended, "reload");
  }
}

function inRoom(model: Model, situation: Situation): StatusLine | null {
  const { words, now } = situation;
  const { room } = model;
  switch (room.state) {
    case "joining":
    case "catching-up":
    case "paused":
      return busy(words.room[room.state]);
    case "left":
      return bad(words.room.left, "enter");
    case "refused":
      if (room.reason === "banned") return banned(model, situation);
      return bad(words.roomRefused[room.reason ?? "connection-refused"], "enter");
    case "live": {
      const phase = room.settings?.state ?? "live";
      if (phase !== "live") return { tone: "quiet", text: words.phase[phase], remedy: null };
      return model.busyUntil > now || (room.tier?.shown ?? 100) < 100
        ? { tone: "quiet", text: words.busy, remedy: null }
        : null;
    }
  }
}

/** It may be over, or lifted: nobody tells those who are outside. */
function banned(model: Model, { words, now }: Situation): StatusLine {
  const notice = sanctionIn(model, "banned", now);
  return bad(notice === null ? words.roomRefused.banned : noticeWords(words, notice), "enter");
}

function noticeWords(words: Words, { what, until, why }: NonNullable<Model["sanction"]>): string {
  const end = typeof until === "number" ? words.format.clock(until) : null;
  return words.notice({ what, until: end, why: why ?? null });
}

function busy(text: string, remedy: Remedy | null = null): StatusLine {
  return { tone: "busy", text, remedy };
}

function bad(text: string, remedy: Remedy | null): StatusLine {
  return { tone: "bad", text, remedy };
}
