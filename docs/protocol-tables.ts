import {
  type Behaviour,
  behaviourOf,
  behaviours,
  type CloseName,
  closeCodes,
} from "@chorus/protocol/close-codes.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { grantsOfRole, roles } from "@chorus/protocol/people.ts";
import { refusalReasons, refusals } from "@chorus/protocol/refusals.ts";
import { code, page, table } from "./markdown.ts";

const reactions: Readonly<Record<Behaviour, { codes: string; does: string }>> = {
  resume: {
    codes: "4000-4099",
    does: "Nothing is wrong with the client: it connects again at once and resumes.",
  },
  "back-off": {
    codes: "4100-4199",
    does: "It tries again after a pause that grows with each failure, drawn anew each time.",
  },
  refresh: {
    codes: "4200-4299",
    does: "It asks whoever issued the token for a new one and connects with that.",
  },
  "give-up": {
    codes: "4300-4399",
    does: "It tells the person why and stays away: another try would end the same.",
  },
};

const meanings: Readonly<Record<CloseName, string>> = {
  drained: "This server goes away; others are there.",
  stalled: "The client stopped reading.",
  restarted: "The server starts again.",
  streamOver: "A stream over HTTP has had its share of bytes or time.",
  polled:
    "The room is too hot for sockets: it is read by segments for now. Only to clients that offer segments.",
  busy: "The server is full.",
  tooManyConnections: "Too many connections from one network or person.",
  silent: "Nothing was heard from the client, not even answers to pings.",
  helloTimeout: "The client did not say hello in time.",
  rate: "The client kept sending faster than it may.",
  tokenExpired: "The token has run out.",
  tokenRevoked: "The token was called back.",
  unauthorised: "The token is not good for this server.",
  version: "The server does not speak the client's version.",
  malformed: "Too many frames could not be understood.",
  banned: "The person is banned.",
  forbiddenOrigin: "Pages of this origin may not connect.",
};

/** RFC 6455 section 7.4.1 and the registry that it opened. */
const standardCodes = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1011, 1012, 1013];

export function refusalTable(): string {
  const rows = refusalReasons.map((reason) => {
    const { later, sentence } = refusals[reason];
    return [code(reason), sentence, later ? "yes, later" : ""];
  });
  return table(["Reason", "Sentence", "The same again?"], rows);
}

export function closeTables(): string {
  const ranges = behaviours.map((behaviour) => {
    const standard = standardCodes.filter((one) => behaviourOf(one) === behaviour);
    return [code(behaviour), reactions[behaviour].codes, standard.join(", "), reactions[behaviour].does];
  });
  const codes = Object.entries(closeCodes).map(([name, number]) => [
    String(number),
    code(name),
    code(behaviourOf(number)),
    meanings[name as CloseName],
  ]);
  return page(
    table(["Behaviour", "Codes", "Of RFC 6455", "What the client does"], ranges),
    table(["Code", "Name", "Behaviour", "Why"], codes),
  ).trimEnd();
}

export function grantTable(): string {
  return table(
    ["Role", "Brings the grants"],
    roles.map((role) => [code(role), grantsOfRole[role].map(code).join(", ")]),
  );
}

export function limitTable(): string {
  const rows = Object.entries(limits).map(([name, value]) => [code(name), String(value), unitOf(name)]);
  return table(["Limit", "Value", "Unit"], rows);
}

/** A limit's name ends in its unit; without one it counts things. */
function unitOf(name: string): string {
  if (name.endsWith("Ms")) return "ms";
  if (/Bytes(Max)?$/.test(name)) return "bytes";
  if (/Chars(Max)?$/.test(name)) return "characters";
  return name.endsWith("PerSecond") ? "a second" : "";
}
