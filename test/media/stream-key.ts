import { claimsFor, signToken } from "@chorus/server/cli/mint-token.ts";
import { developmentKey } from "@chorus/server/config.ts";

/** Of a room of a development server, made as its host makes it. @param port the public one. */
export async function streamKey(port: number, room = "demo"): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port + 2}/v1/rooms/${room}/ingest/key`, {
    method: "POST",
    headers: await asHost(room),
  });
  return ((await answer.json()) as { key: string }).key;
}

/** The headers of a room's host. */
export async function asHost(room: string): Promise<{ authorization: string }> {
  const host = { sub: "host", rooms: [room], role: "host", grants: null, name: null, kind: null } as const;
  const claims = claimsFor(host, Math.floor(Date.now() / 1_000), 60);
  const token = "problem" in claims ? claims : await signToken(claims, Buffer.from(developmentKey, "utf8"));
  if (typeof token !== "string") throw new Error(token.problem);
  return { authorization: `Bearer ${token}` };
}
