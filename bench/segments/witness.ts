import { setTimeout } from "node:timers/promises";
import type { Live } from "@chorus/protocol/polled.ts";
import { tokenFor, type TalkedRooms } from "./rooms.ts";

/** Looks from outside, through the cache, as somebody who has just come and remembers nothing. */
const lookEveryMs = 50;
const listedWithinMs = 15_000;
/** So long it must not come back. */
const watchMs = 3_000;

/** How long after its removal was acknowledged a message could still be read. */
export async function untilGone(
  cache: string,
  rooms: TalkedRooms,
  room: string,
  mark: string,
): Promise<number> {
  const prefix = `${cache}/v1/rooms/${room}`;
  const id = await rooms.says(room, mark);
  const deadline = performance.now() + listedWithinMs;
  while (!(await shows(prefix, mark))) {
    if (performance.now() > deadline) throw new Error(`${mark} was not listed.`);
    await setTimeout(lookEveryMs);
  }
  await rooms.removes(room, id);
  const removedAt = performance.now();
  let shownAt = removedAt;
  while (performance.now() < removedAt + watchMs) {
    const askedAt = performance.now();
    if (await shows(prefix, mark)) shownAt = askedAt;
    await setTimeout(lookEveryMs);
  }
  return shownAt - removedAt;
}

/** How many of the requests without a good prefix were answered, once a member has warmed the cache; and how many were made. */
export async function shownToStrangers(
  cache: string,
  rooms: TalkedRooms,
  room: string,
): Promise<{ asked: number; shown: number; hits: number }> {
  const mark = "what only members read";
  await rooms.says(room, mark);
  const headers = { authorization: `Bearer ${await tokenFor("ada", room, "viewer")}` };
  const given = await fetch(`${cache}/v1/rooms/${room}/segments-prefix`, { headers });
  const { prefix } = (await given.json()) as { prefix: string };
  const deadline = performance.now() + listedWithinMs;
  while (!(await shows(cache + prefix, mark))) {
    if (performance.now() > deadline) throw new Error("What members say was not listed.");
    await setTimeout(lookEveryMs);
  }
  const paths = pathsOf(await liveAt(cache + prefix), prefix);
  const good = prefix.split("/")[3] ?? "";
  const signature = good.split(".")[1] ?? "";
  const bad = [`${good.slice(0, -2)}AA`, `9999999999.${signature}`, "none", "0.0", `${good}A`];
  const counts = { asked: 0, shown: 0, hits: 0 };
  for (const path of paths) {
    const warm = await fetch(cache + path);
    await warm.arrayBuffer();
    if (warm.headers.get("x-cache") === "HIT") counts.hits += 1;
    for (const address of [
      ...bad.map((one) => path.replace(good, one)),
      path.replace(`signed/${good}/`, ""),
    ]) {
      const answer = await fetch(cache + address);
      const text = await answer.text();
      counts.asked += 1;
      if (answer.ok || text.includes(mark)) counts.shown += 1;
    }
  }
  return counts;
}

async function shows(prefix: string, mark: string): Promise<boolean> {
  const live = await liveAt(prefix);
  const files = pathsOf(live, prefix).map(async (path) => (await fetch(path)).text());
  return (await Promise.all(files)).some((text) => text.includes(mark));
}

async function liveAt(prefix: string): Promise<Live> {
  const answer = await fetch(`${prefix}/live`);
  if (!answer.ok) throw new Error(`${prefix}/live: ${await answer.text()}`);
  return (await answer.json()) as Live;
}

function pathsOf({ epoch, segments }: Live, prefix: string): string[] {
  return segments.map(({ n, rev }) => `${prefix}/segments/${epoch}/${n}/${rev}`);
}
