import type { EntryId, PersonId, RoomId, Seq } from "@chorus/protocol/ids.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import type { Shown } from "@chorus/sdk/events.ts";
import { type Client, roomOf } from "./client.ts";
import type { Random } from "./random.ts";
import type { Weather } from "./weather.ts";

/** What people do in a room: mostly talk, sometimes change their mind, and staff interfere. */
export function act(
  client: Client,
  others: readonly Client[],
  room: RoomId,
  random: Random,
  weather: Weather,
  count: number,
): void {
  const staff = client.role === "host" || client.role === "moderator";
  if (staff && random.chance(weather.moderation)) return moderate(client, others, room, random);
  const choice = random.next();
  if (choice < 0.7) return say(client, room, random, count);
  if (choice < 0.8) return client.feed({ i: "tapped", room, emoji: "👏" });
  const own = ownMessage(client, room, random);
  if (own === null) return say(client, room, random, count);
  if (choice < 0.9)
    client.command((key) => ({
      t: "edit",
      room,
      key,
      ...own,
      text: `${client.person} changed ${count}`,
    }));
  else client.command((key) => ({ t: "retract", room, key, ...own }));
}

function say(client: Client, room: RoomId, random: Random, count: number): void {
  const text = random.chance(0.05) ? "the same again" : `${client.person} says ${count}`;
  const reply = random.chance(0.1) ? anyMessage(client, room, random) : null;
  const about =
    reply === null ? {} : { reply: reply.id, ...(reply.seq === undefined ? {} : { replySeq: reply.seq }) };
  const mentioned = random.chance(0.1) ? anyMessage(client, room, random) : null;
  const whom =
    mentioned === null ? undefined : (roomOf(client, room)?.fold.byId.get(mentioned.id)?.by ?? undefined);
  const mentions = whom === undefined ? {} : { mentions: [whom] };
  client.command((key) => ({ t: "say", room, key, text, ...about, ...mentions }));
}

function moderate(client: Client, others: readonly Client[], room: RoomId, random: Random): void {
  const doing = moderation(client, others, room, random);
  if (doing !== null) client.command((key) => ({ t: "moderate", room, key, act: doing }));
}

function moderation(
  client: Client,
  others: readonly Client[],
  room: RoomId,
  random: Random,
): Moderation | null {
  const message = anyMessage(client, room, random);
  const person = random.pick(others).person;
  const choice = random.integer(0, 11);
  if (choice <= 3) return message === null ? null : { do: "retract", ...message, why: "spam" };
  if (choice <= 5) return message === null ? null : { do: "restore", ...message };
  if (choice === 6)
    return message === null
      ? null
      : random.chance(0.5)
        ? { do: "pin", ...message }
        : { do: "unpin", id: message.id };
  if (choice === 7)
    return { do: "settings", settings: { mode: random.pick(["open", "open", "moderated", "read-only"]) } };
  if (choice === 8) return held(client, random);
  if (choice === 9) return { do: "lift", person, what: random.pick(["mute", "shadow", "ban"]) };
  return sanction(person, random);
}

function sanction(person: PersonId, random: Random): Moderation {
  const seconds = random.integer(1, 5);
  const purge = random.chance(0.4);
  if (random.chance(0.1)) return { do: "ban", person, seconds, purge, why: "harassment" };
  return { do: random.pick(["timeout", "shadow", "mute"]), person, seconds, purge, why: "spam" };
}

function held(client: Client, random: Random): Moderation | null {
  const waiting = [...client.held];
  if (waiting.length === 0) return { do: "settings", settings: { mode: "open" } };
  const id = random.pick(waiting);
  client.held.delete(id);
  return random.chance(0.5) ? { do: "approve", id } : { do: "reject", id, why: "off-topic" };
}

/** A message and where it stands, which a client may leave out. */
type Place = { id: EntryId; seq?: Seq };

function ownMessage(client: Client, room: RoomId, random: Random): Place | null {
  const you = client.machine.you?.id ?? null;
  const own = shownTo(client, room).filter(({ by, removed }) => by === you && removed === null);
  return own.length === 0 ? null : placeOf(random.pick(own), random);
}

/** Mostly a new one; now and then one that the room may have forgotten. */
function anyMessage(client: Client, room: RoomId, random: Random): Place | null {
  const known = shownTo(client, room);
  if (known.length === 0) return null;
  return placeOf(random.pick(random.chance(0.8) ? known.slice(-8) : known), random);
}

function placeOf({ id, seq }: Shown, random: Random): Place | null {
  if (id === null) return null;
  return seq === null || random.chance(0.2) ? { id } : { id, seq };
}

function shownTo(client: Client, room: RoomId): readonly Shown[] {
  return (roomOf(client, room)?.fold.messages ?? []).filter(({ id }) => id !== null);
}
