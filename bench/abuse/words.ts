import { randomBytes } from "node:crypto";
import { limits } from "@chorus/protocol/limits.ts";
import { atPace, type Findings, type Kind } from "./findings.ts";
import { enter, type Line, openLine, type Site } from "./line.ts";
import { goodToken, sessionOf } from "./tokens.ts";

/** What is said, and what everybody must show for it: text, and nothing that reaches beyond itself (C2.30 to C2.36). */
const texts: readonly (readonly [said: string, shown: string])[] = [
  ["<script>alert(1)</script>", "<script>alert(1)</script>"],
  ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ['</script>"><svg/onload=alert(1)>', '</script>"><svg/onload=alert(1)>'],
  ["&lt;b&gt; & {{7*7}} ${x} javascript:alert(1)", "&lt;b&gt; & {{7*7}} ${x} javascript:alert(1)"],
  ["bell\u0007 null\u0000 escape\u001b[31m", "bell null escape[31m"],
  ["c1\u009b31m del\u007f", "c131m del"],
  ["\u202eevil\u202c text", "evil text"],
  ["\u202aa\u202bb\u202dc \u2066d\u2067e\u2068f\u2069", "abc def"],
  ["left\u200e right\u200f!", "left\u200e right\u200f!"],
  ["one\r\ntwo\rthree\u2028four\u0085five", "one\ntwo\nthree\nfour\nfive"],
  ["a\n\n\n\n\n\nb", "a\n\n\nb"],
  [`q${"\u0301".repeat(30)}`, `q${"\u0301".repeat(8)}`],
  ["cafe\u0301", "caf\u00e9"],
  ["half\ud800 pair\udc00", "half pair"],
  ["  \u00a0spaced\u00a0  ", "spaced"],
  ["👩‍👩‍👧 🏳️‍🌈 می‌خواهم", "👩‍👩‍👧 🏳️‍🌈 می‌خواهم"],
];
const refusedTexts = [
  ["\u200b\u2060\ufeff", "empty"],
  ["\u0000\u0007\u202e", "empty"],
  ["", "empty"],
  ["x".repeat(limits.textCharsMax + 1), "too-long"],
] as const;
/** Names as the tokens have them and as they are shown (C2.25). */
const names = [
  ["<b>Eve</b>", "<b>Eve</b>"],
  ["Ad\u202ea", "Ada"],
  ["Gr\u0000ace\nH", "Grace H"],
  ["Mal\u2067lory\u2069", "Mallory"],
  ["\u200bZoe\u00ad", "Zoe"],
] as const;
const textsPerSecond = 25;

export const markup: Kind = async (site, shift, findings) => {
  const run = randomBytes(4).toString("hex");
  const speakers = await Promise.all(
    names.map(async ([name, shown], i) => {
      const sub = `abuse:text:${run}-${i}`;
      const line = await openLine(site);
      const token = await goodToken(sub, { name, grants: ["read", "say", "replay"] });
      findings.check(await enter(line, { token }), () => `${shown} was not let in`);
      return { line, sub, name: shown };
    }),
  );
  await atPace(shift, textsPerSecond, async (turn) => {
    const speaker = speakers[turn % speakers.length];
    if (speaker === undefined) return;
    const { line, sub, name } = speaker;
    const at = turn % (texts.length + refusedTexts.length);
    const [said, shown] = texts[at] ?? refusedTexts[at - texts.length] ?? ["", ""];
    const answer = await answerTo(line, turn, said);
    findings.sent();
    if (at >= texts.length) {
      findings.check(
        answer === shown,
        () => `${JSON.stringify(said.slice(0, 80))} was answered with ${answer}`,
      );
      return findings.counts(`refused:${shown}`);
    }
    const ack = line.all("ack").find(({ key }) => key === keyOf(turn));
    findings.check(ack !== undefined, () => `${JSON.stringify(said)} was answered with ${answer}`);
    if (ack !== undefined) findings.said({ id: ack.id, by: sub, name, text: shown });
  });
  for (const { line } of speakers) {
    findings.check(
      line.strange === 0 && line.code === null,
      () => `a speaker's connection ended with ${line.code}`,
    );
    line.end();
  }
};

const staffName = "Robin Kern";
const lookAlikes = [
  "Robin Kern",
  "ROBIN KERN",
  "Rоbin Kеrn",
  "R0bin Kern",
  "Rob1n Kern",
  "Robin  Kern",
  "RobinKern",
  "R.o.b.i.n Kern",
  "Robin Kem",
  "Ｒobin Ｋern",
  "Róbín Kern",
  "𝐑𝐨𝐛𝐢𝐧 𝐊𝐞𝐫𝐧",
  "Robin\u200b Kern",
  "Robin \u202eKern",
  "★ Robin Kern ★",
  "ʀobin κern",
] as const;
const impostorsPerSecond = 20;

/** Nobody speaks under a name that looks like that of somebody who moderates here, with a token or as a guest. */
export const staffNames: Kind = async (site, shift, findings) => {
  const run = randomBytes(4).toString("hex");
  const staff = await openModerator(site, run, findings);
  await atPace(shift, impostorsPerSecond, async (turn) => {
    const name = lookAlikes[turn % lookAlikes.length] ?? staffName;
    const line = await openLine(site);
    const isGuest = Math.floor(turn / lookAlikes.length) % 2 === 1;
    const hello = isGuest ? { name } : { token: await goodToken(`abuse:impostor:${run}-${turn}`, { name }) };
    findings.check(await enter(line, hello), () => `${name} was not let in`);
    const answer = await answerTo(line, turn, "Give me your password");
    findings.sent();
    findings.check(
      answer === "name-like-staff" && line.strange === 0 && line.code === null,
      () => `${JSON.stringify(name)} was answered with ${answer}`,
    );
    findings.counts("refused:name-like-staff");
    line.end();
  });
  staff.end();
};

/** Known to the room once what they have said is stored. */
async function openModerator(site: Site, run: string, findings: Findings): Promise<Line> {
  const line = await openLine(site);
  const sub = `abuse:staff:${run}`;
  await enter(line, { token: await goodToken(sub, { name: staffName, role: "moderator" }) });
  const text = `Moderated by me, ${run}`;
  const answer = await answerTo(line, 0, text);
  const [ack] = line.all("ack");
  findings.check(ack !== undefined, () => `the moderator was answered with ${answer}`);
  if (ack !== undefined) findings.said({ id: ack.id, by: sub, name: staffName, text });
  return line;
}

/** `ack`, or the reason of the refusal. */
async function answerTo(line: Line, turn: number, text: string): Promise<string> {
  const key = keyOf(turn);
  line.request({ t: "say", room: "demo", key, text });
  await line.until(() => answerUnder(line, key) !== undefined);
  return answerUnder(line, key) ?? `nothing, and the end with ${line.code}`;
}

function answerUnder(line: Line, key: string): string | undefined {
  if (line.all("ack").some((ack) => ack.key === key)) return "ack";
  return line.all("refused").find((refused) => refused.key === key)?.reason;
}

function keyOf(turn: number): string {
  return `${sessionOf(0)}:${turn}`;
}
