import { setTimeout } from "node:timers/promises";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import { developmentKey } from "@chorus/server/config.ts";
import { connect } from "@chorus/sdk/client.ts";
import { SignJWT } from "jose";
import { linesOf } from "../page/log-lines.ts";

/** Rooms that are talked in, each by one host who says what stands in a chat log. */
export type TalkedRooms = Disposable & {
  /** Goes on until it is called off. */
  talk(perSecond: number, signal: AbortSignal): Promise<void>;
  says(room: string, text: string): Promise<EntryId>;
  removes(room: string, id: EntryId): Promise<void>;
};

export async function openRooms(
  url: string,
  names: readonly string[],
  chat: string | undefined,
): Promise<TalkedRooms> {
  const lines = await linesOf(chat, 1);
  const hosts = new Map(
    await Promise.all(names.map(async (name) => [name, await hostOf(url, name)] as const)),
  );
  let at = 0;

  function of(name: string): Awaited<ReturnType<typeof hostOf>> {
    const host = hosts.get(name);
    if (host === undefined) throw new Error(`There is no room ${name}.`);
    return host;
  }

  return {
    async talk(perSecond, signal) {
      while (!signal.aborted) {
        for (const { room } of hosts.values()) room.say(lines[at++ % lines.length]?.text ?? "hello");
        await setTimeout(1_000 / perSecond);
      }
    },
    async says(name, text) {
      const outcome = await of(name).room.say(text).done;
      if (outcome.status !== "confirmed") throw new Error(`${text} was not taken: ${outcome.status}.`);
      return outcome.id;
    },
    async removes(name, id) {
      const outcome = await of(name).room.moderate({ do: "retract", id, why: "spam" }).done;
      if (outcome.status !== "confirmed") throw new Error(`A removal was not taken: ${outcome.status}.`);
    },
    [Symbol.dispose]() {
      for (const { chorus } of hosts.values()) chorus.close();
    },
  };
}

async function hostOf(url: string, name: string) {
  const token = await tokenFor("host", name, "host");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ guests: !name.startsWith("members") });
  const made = await fetch(`${url}/v1/rooms/${name}`, { method: "PUT", headers, body });
  if (!made.ok) throw new Error(`The room ${name} could not be made: ${await made.text()}`);
  const chorus = connect({ url, token: () => Promise.resolve(token), storage: null });
  return { chorus, room: chorus.join(name) };
}

/** Hosts are exempt from pace and from the rule against repetition. */
export function tokenFor(person: string, room: string, role: Role): Promise<string> {
  const more = role === "host" ? { grants: ["read", "say", "moderate", "host", "replay"] } : {};
  return new SignJWT({ name: person, chorus: { rooms: { [room]: { role, ...more } } } })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(person)
    .setExpirationTime("1h")
    .sign(Buffer.from(developmentKey));
}
