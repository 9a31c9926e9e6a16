import type { Frame } from "@chorus/protocol/frames.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Live, Segment } from "@chorus/protocol/polled.ts";

/** Where a room was last, as far as its client has heard. */
export type Place = { epoch: string; seq: number };

/** What a room that is read by segments needs of the connection that it belongs to. */
export type PollingWorld = {
  /** `https://host/v1`. */
  base: string;
  room: RoomId;
  token(): string | null;
  place(): Place | null;
  hear(frame: Frame): void;
  /** Segments do not reach back to where the client is, or cannot be had: it joins anew. */
  lost(): void;
  /** Sockets are welcome again. */
  welcome(): void;
  over: AbortSignal;
};

const inboxEveryMs = 30_000;
const retryMs = 3_000;
const failuresMax = 4;

/**
 * Reads a room by its segments (docs/segments.md): a small list that is asked for every few seconds, and what is new in it. To
 * the client it is as if frames came; what was removed is told as soon as the list has it.
 */
export async function pollRoom(world: PollingWorld): Promise<void> {
  const { over } = world;
  let prefix: string | null = null;
  let failures = 0;
  let inboxAt = Date.now() + inboxEveryMs;
  let inboxAfter = world.place()?.seq ?? 0;
  while (!over.aborted) {
    let waitMs = retryMs;
    try {
      prefix ??= await prefixOf(world);
      const live = await get<Live>(world, `${prefix}/live`);
      if (live.sockets) return world.welcome();
      if (!(await takeNews(world, prefix, live))) return world.lost();
      if (Date.now() >= inboxAt) inboxAfter = await takeInbox(world, inboxAfter);
      if (Date.now() >= inboxAt) inboxAt = Date.now() + inboxEveryMs;
      waitMs = live.pollMs;
      failures = 0;
    } catch {
      if (over.aborted) return;
      /* It may have run out, or the segment has another revision by now. */
      prefix = null;
      if (++failures > failuresMax) return world.lost();
    }
    await pause(waitMs * (0.8 + Math.random() * 0.4), over);
  }
}

/** False when there is a hole between the client's place and what is listed. */
async function takeNews(world: PollingWorld, prefix: string, live: Live): Promise<boolean> {
  const { room, hear } = world;
  const place = world.place();
  if (place === null || place.epoch !== live.epoch) return false;
  if (live.removed.length > 0) hear(removalOf(live));
  for (const { n, rev, from, to } of live.segments) {
    if (to <= place.seq) continue;
    if (from > place.seq + 1) return false;
    const { s, shed, e } = await get<Segment>(world, `${prefix}/segments/${live.epoch}/${n}/${rev}`);
    const some = s === undefined ? {} : { s, shed: shed ?? 0 };
    hear({ t: "entries", room, from, to, ...some, e });
    place.seq = to;
  }
  if (place.seq < live.seq && live.segments.length === 0) return false;
  if (live.tally !== null) hear(live.tally);
  hear({ t: "beat", time: Date.now() as never });
  return true;
}

/** Older than any other news of these messages: the entry that removes them says more, and may have been lifted since. */
function removalOf({ room, removed }: Live): Frame {
  const e = [{ k: "removed", id: "" as never, time: 0 as never, of: removed, by: "staff" } as const];
  return { t: "safety", room, e };
}

async function takeInbox(world: PollingWorld, after: number): Promise<number> {
  const path = `/v1/rooms/${world.room}/inbox?after=${after}`;
  const { seq, e } = await get<{ seq: number; e: (Frame & { t: "person" })["e"] }>(world, path, true);
  if (e.length > 0) world.hear({ t: "person", room: world.room, e });
  return seq;
}

async function prefixOf(world: PollingWorld): Promise<string> {
  const { prefix } = await get<{ prefix: string }>(world, `/v1/rooms/${world.room}/segments-prefix`, true);
  return prefix;
}

/** @throws what `fetch` does, and for every answer that is not 200. */
async function get<T>({ base, over, token }: PollingWorld, path: string, asOneself = false): Promise<T> {
  const headers: Record<string, string> = asOneself ? { authorization: `Bearer ${token()}` } : {};
  const response = await fetch(new URL(path, base), { headers, signal: over });
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as T;
}

function pause(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    over.addEventListener("abort", done);
    function done(): void {
      clearTimeout(timer);
      over.removeEventListener("abort", done);
      resolve();
    }
  });
}
