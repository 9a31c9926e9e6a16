import { createHmac } from "node:crypto";
import type { RoomClaim } from "@chorus/protocol/claims.ts";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import type { Grant, Role } from "@chorus/protocol/people.ts";
import { claimsFor, signToken } from "@chorus/server/cli/mint-token.ts";
import { developmentKey } from "@chorus/server/config.ts";
import { atPace, type Kind } from "./findings.ts";
import { greet, openLine } from "./line.ts";

/** Tokens that are no good, as the first word of a connection and as the renewal of a good one. */
const connectionsPerSecond = 20;
const key = Buffer.from(developmentKey, "utf8");
const anotherKey = Buffer.from("a key that no server of this benchmark has", "utf8");
const lifeSeconds = 600;

type Wish = { name?: string; room?: string; role?: Role; grants?: readonly Grant[] };

/** A token that the server believes. */
export function goodToken(sub: string, wish: Wish = {}): Promise<string> {
  return minted(sub, wish, secondsNow(), key);
}

export const expiredTokens: Kind = badTokens("tokenExpired", [
  (sub) => minted(sub, {}, secondsNow() - 2 * lifeSeconds, key),
  (sub) => minted(sub, {}, secondsNow() - lifeSeconds - 10, key),
]);

export const forgedTokens: Kind = badTokens("unauthorised", [
  (sub) => minted(sub, {}, secondsNow(), anotherKey),
  async (sub) => parts(await goodToken(sub), { payload: claimingTo("host") }),
  async (sub) => parts(await goodToken(sub), { header: { alg: "RS256", typ: "JWT" } }),
  async (sub) => (await goodToken(sub)).slice(0, -6),
  async (sub) => `${await goodToken(sub)}AAAA`,
  async () => signedBy("HS512"),
]);

export const unsignedTokens: Kind = badTokens("unauthorised", [
  async (sub) => parts(await goodToken(sub), { header: { alg: "none" }, signature: "" }),
  async (sub) => parts(await goodToken(sub), { header: { alg: "None", typ: "JWT" }, signature: "" }),
  async (sub) => parts(await goodToken(sub), { header: { alg: "none" } }),
  async () => `${encoded({ alg: "none" })}.${encoded(claimingTo("host"))}.`,
]);

/** A good token for another room: its holder is welcome, and sent away from this one. */
export const wrongRoomTokens: Kind = (site, shift, findings) =>
  atPace(shift, connectionsPerSecond, async (turn) => {
    const line = await openLine(site);
    const sub = `abuse:elsewhere:${turn}`;
    const wish = turn % 2 === 0 ? { room: "elsewhere" } : { grants: ["say", "react"] as const };
    await greet(line, { token: await goodToken(sub, wish) });
    line.request({ t: "join", room: "demo" });
    line.request({ t: "say", room: "demo", key: `${sessionOf(turn)}:0`, text: "Let me in" });
    findings.sent(2);
    await line.until(() => line.all("left").length > 0 && line.all("refused").length > 0);
    const left = line.all("left").map(({ reason }) => reason);
    const refused = line.all("refused").map(({ reason }) => reason);
    findings.check(
      left.join() === "forbidden" && line.strange === 0,
      () => `a join was answered with ${left.join()}`,
    );
    findings.check(
      refused.join() === "not-joined",
      () => `what was said was answered with ${refused.join()}`,
    );
    findings.check(
      line.all("view").length === 0,
      () => "a room was shown to somebody without the right to read it",
    );
    findings.check(line.code === null, () => `the connection ended with ${line.code}`);
    findings.counts("left:forbidden");
    findings.counts("refused:not-joined");
    line.end();
  });

export function sessionOf(turn: number): string {
  return `abuse-${turn.toString(36).padStart(6, "0")}`;
}

function badTokens(
  why: "tokenExpired" | "unauthorised",
  forge: readonly ((sub: string) => Promise<string>)[],
): Kind {
  return (site, shift, findings) =>
    atPace(shift, connectionsPerSecond, async (turn) => {
      const line = await openLine(site);
      const sub = `abuse:${why}:${turn}`;
      const token = await (forge[turn % forge.length] ?? goodToken)(sub);
      if (turn % 3 === 0) {
        await greet(line, { token: await goodToken(sub) });
        line.request({ t: "token", token });
      } else line.request({ t: "hello", v: 1, token });
      findings.sent();
      await line.until(() => line.code !== null);
      findings.check(
        line.code === closeCodes[why] && line.strange === 0,
        () => `token ${turn % forge.length} ended with ${line.code}`,
      );
      findings.check(
        line.all("welcome").length === (turn % 3 === 0 ? 1 : 0),
        () => `token ${turn % forge.length} was welcomed`,
      );
      findings.counts(`closed:${why}`);
      line.end();
    });
}

async function minted(sub: string, wish: Wish, seconds: number, secret: Uint8Array): Promise<string> {
  const { name = null, room = "demo", role = "viewer", grants = null } = wish;
  const claims = claimsFor({ sub, rooms: [room], role, grants, name, kind: null }, seconds, lifeSeconds);
  const token = "problem" in claims ? claims : await signToken(claims, secret);
  if (typeof token !== "string") throw new Error(token.problem);
  return token;
}

/** The token with another part in the place of its own. */
function parts(token: string, other: { header?: object; payload?: object; signature?: string }): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return [
    other.header === undefined ? header : encoded(other.header),
    other.payload === undefined ? payload : encoded(other.payload),
    other.signature ?? signature,
  ].join(".");
}

/** Signed with the server's key, by an algorithm that it does not take. */
function signedBy(alg: string): string {
  const signed = `${encoded({ alg, typ: "JWT" })}.${encoded(claimingTo("viewer"))}`;
  return `${signed}.${createHmac("sha512", key).update(signed).digest("base64url")}`;
}

function claimingTo(role: Role): object {
  const claim: RoomClaim = { role };
  return { sub: "abuse:claims", exp: secondsNow() + lifeSeconds, chorus: { rooms: { demo: claim } } };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1_000);
}
