import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import { type Chorus, type ChorusRoom, connect, type Outcome } from "@chorus/sdk/client.ts";
import { type ChorusServer, tokenFor } from "./chorus-server.ts";

/** Somebody who takes part by the SDK, without a page. */
export type Member = { readonly room: ChorusRoom };

const connected = new Set<Chorus>();

/** A client sends 30 messages at once and then 15 a second, so a big crowd is a quick one. */
const crowdMax = 25;

export async function enter(server: ChorusServer, room: string, name: string, role: Role): Promise<Member> {
  const token = await tokenFor({ name, role, room });
  return member(connect({ url: server.url, token: () => token }), room);
}

/** A rehearsed crowd: so many messages as fast as the room takes them. The first and the last of them are that in the room too. */
export async function fill(
  server: ChorusServer,
  room: string,
  count: number,
  textOf: (index: number) => string,
): Promise<EntryId[]> {
  const crowd = await Promise.all(
    Array.from({ length: Math.min(crowdMax, Math.ceil(count / 10)) }, async (_, index) => {
      const grants = ["read", "say", "react", "replay"] as const;
      const token = await tokenFor({ name: `Fan ${index + 1}`, role: "viewer", room, grants });
      return member(connect({ url: server.url, token: () => token }), room);
    }),
  );
  const said = (index: number) => crowd[index % crowd.length]?.room.say(textOf(index)).done;
  const between = Array.from({ length: Math.max(0, count - 2) }, (_, index) => index + 1);
  const first = await said(0);
  const most = await Promise.all(between.map(said));
  const last = count < 2 ? [] : [await said(count - 1)];
  return [first, ...most, ...last].map(idIn);
}

/** Deletes one by one, by as many hands as make light work. */
export async function removeAll(server: ChorusServer, room: string, ids: readonly EntryId[]): Promise<void> {
  const hands = await Promise.all(
    Array.from({ length: Math.ceil(ids.length / 50) }, () => enter(server, room, "Mod", "moderator")),
  );
  const done = ids.map(
    (id, index) => hands[index % hands.length]?.room.moderate({ do: "retract", id, why: "spam" }).done,
  );
  for (const outcome of await Promise.all(done)) idIn(outcome);
}

/** With every test, so that no client keeps the process of one that failed. */
export function everybodyLeaves(): void {
  for (const chorus of connected) chorus.close();
  connected.clear();
}

/** @returns the id of what was said. */
export async function say(
  { room }: Member,
  text: string,
  mentions: readonly PersonId[] = [],
): Promise<EntryId> {
  return idIn(await room.say(text, { mentions: [...mentions] }).done);
}

function idIn(outcome: Outcome | undefined): EntryId {
  if (outcome?.status === "confirmed") return outcome.id;
  throw new Error(`The room did not take it: ${JSON.stringify(outcome)}`);
}

function member(chorus: Chorus, name: string): Member {
  connected.add(chorus);
  return { room: chorus.join(name) };
}
