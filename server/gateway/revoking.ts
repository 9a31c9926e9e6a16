import type { PersonId } from "@chorus/protocol/ids.ts";
import type { Pulse, RevokedMessage } from "../messages.ts";
import { endSession } from "./sessions.ts";
import type { Gateway } from "./state.ts";

/**
 * Whose tokens are void: all of it is read from the log when the gateway starts and whenever it may have missed something; until it
 * was read once, nobody is let in. After that each comes over the bus, and ends what they have open here at once.
 */
export function readRevocations(gateway: Gateway): void {
  const { revoked, revocations, log } = gateway;
  if (revoked.reading) return;
  revoked.reading = true;
  const { keeper, revision } = revoked.heard;
  log.revocations((outcome) => {
    revoked.reading = false;
    if (!outcome.ok) return;
    revoked.known = { keeper, revision };
    for (const { person, before } of outcome.value) revocations.note(person, before);
    revocations.told();
    for (const { person } of outcome.value) endRevoked(gateway, person);
    compareRevocations(gateway);
  });
}

/** A pulse tells what there is to know: what was not read, because the log failed or a message was lost, is read now. */
export function hearRevision(gateway: Gateway, { keeper, revision }: Pulse): void {
  gateway.revoked.heard = { keeper, revision };
  compareRevocations(gateway);
}

export function receiveRevocation(gateway: Gateway, message: RevokedMessage): void {
  const { keeper, revision, person, before } = message;
  const { revoked, revocations } = gateway;
  revocations.note(person, before);
  endRevoked(gateway, person);
  const { known } = revoked;
  if (known.keeper === keeper && known.revision === revision - 1) revoked.known = { keeper, revision };
}

function compareRevocations(gateway: Gateway): void {
  const { known, heard } = gateway.revoked;
  if (known.keeper !== heard.keeper || known.revision < heard.revision) readRevocations(gateway);
}

/** What they have open ends with the order to come back with a new token; what was issued since stays. */
function endRevoked(gateway: Gateway, person: PersonId): void {
  for (const session of gateway.people.get(person) ?? []) {
    if (session.person === null || !gateway.revocations.isRevoked(session.person)) continue;
    endSession(gateway, session, "tokenRevoked", "Your token was called back. Ask for a new one.");
  }
}
