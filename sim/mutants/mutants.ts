/**
 * Known bugs, one line each, planted into a copy of the source as it is loaded. The simulation must find every one of
 * them; a mutant that nobody finds is a law that nobody checks. `from` must stand exactly once in the file.
 */
export type Mutant = { name: string; file: string; from: string; to: string };

export const mutants: readonly Mutant[] = [
  {
    name: "a record is announced before it is durable",
    file: "server/keeper/turns.ts",
    from: "  keeper.log.append(records, (outcome)",
    to: '  for (const { host, record } of batch) { publish(keeper, host, record); host.phase = "appending"; }\n  keeper.log.append(records, (outcome)',
  },
  {
    name: "a command is acknowledged before it is durable",
    file: "server/keeper/turns.ts",
    from: "  keeper.log.append(records, (outcome)",
    to: "  answer(keeper, batch.flatMap((stepped) => stepped.answers));\n  keeper.log.append(records, (outcome)",
  },
  {
    name: "a failed append is acknowledged all the same",
    file: "server/keeper/turns.ts",
    from: "own.map((one) => withdrawn(one, retryMs))",
    to: "own",
  },
  {
    name: "a failed append leaves the room's state as it is",
    file: "server/keeper/hosting.ts",
    from: '  host.state = null;\n  host.phase = "loading";',
    to: '  if (host.phase !== "ready") { host.phase = "ready"; return; }',
  },
  {
    name: "a view is made while its record is not durable yet",
    file: "server/keeper/hosting.ts",
    from: 'host.phase === "loading" || host.phase === "appending"',
    to: 'host.phase === "loading"',
  },
  {
    name: "a retry is carried out again",
    file: "core/room/retries.ts",
    from: 'return doneIn(known, counter) ?? "new";',
    to: 'return "new";',
  },
  {
    name: "a restart forgets what was carried out",
    file: "core/room/snapshot.ts",
    from: "for (const [name, person, at, high, ...texts] of snapshot.sessions) {",
    to: "for (const [name, person, at, high, ...texts] of snapshot.sessions.slice(1)) {",
  },
  {
    name: "a restart forgets sanctions",
    file: "core/room/snapshot.ts",
    from: "room.sanctions = new Map(snapshot.sanctions);",
    to: "",
  },
  {
    name: "a mute is not enforced",
    file: "core/room/say.ts",
    from: 'if (muted !== undefined) return until("muted", muted, now);',
    to: "",
  },
  {
    name: "a shadowed message reaches everybody",
    file: "core/room/turn.ts",
    from: 'if (!shadow) return emit(turn, "all", message);',
    to: 'return emit(turn, "all", message);',
  },
  {
    name: "what was said before a shadow ban is edited for everybody",
    file: "core/room/own-message.ts",
    from: 'const alone = present.shadow || boundUntil(room, actor, "shadow", now) !== undefined;',
    to: "const alone = present.shadow;",
  },
  {
    name: "a held message reaches everybody",
    file: "core/room/say.ts",
    from: 'if (hold) emit(turn, "staff",',
    to: 'if (hold) emit(turn, "all",',
  },
  {
    name: "what was found in the log is taken as it was before the turn",
    file: "core/room/forgotten.ts",
    from: "for (const overlay of overlays) if (overlay.id === id) now = changed(now, overlay.body);",
    to: "",
  },
  {
    name: "a reply keeps its quote of a message that is gone",
    file: "core/record.ts",
    from: "return overlays.get(of)?.redacts === true;",
    to: "return overlays.get(of) === null;",
  },
  {
    name: "a removal replaces nothing in the log and the ring",
    file: "core/room/removal.ts",
    from: "for (const { message } of gone) overlay(turn, message.id, tombstoneOf(message, removed));",
    to: "",
  },
  {
    name: "the ring gives out what was removed",
    file: "core/record.ts",
    from: "return overlay !== undefined &&",
    to: "return overlay !== undefined && false &&",
  },
  {
    name: "an old view is good enough after a removal",
    file: "server/gateway/feed.ts",
    from: 'if (item.k === "removed" || item.k === "edited") forgetForms(feed, record.offset);',
    to: "if (false) {}",
  },
  {
    name: "a window that is on its way keeps the frame it began with",
    file: "server/gateway/fan-out.ts",
    from: "  audience.flushed = headOf(ring, name);\n  audience.forms.clear();",
    to: "  audience.flushed = headOf(ring, name);",
  },
  {
    name: "a part of a large snapshot is stored in place of the one before",
    file: "server/keeper/hosting.ts",
    from: "savePart(keeper, host, at, parts, part + 1, next)",
    to: "savePart(keeper, host, at, parts, part, next)",
  },
  {
    name: "a capped room leaves out what is not an ordinary message",
    file: "core/delivery/cut.ts",
    from: 'if (!ordinary || scope !== "all"',
    to: 'if (scope !== "all"',
  },
  {
    name: "a range of a capped room does not say where its entries stand",
    file: "core/delivery/ring.ts",
    from: "if (result.shed === 0) result.seqs = null;",
    to: "result.seqs = null;",
  },
  {
    name: "who is mentioned in a capped room does not hear of it",
    file: "server/gateway/feed.ts",
    from: "if (cut !== null) deliverMeant(gateway, feed, ring, record, cut);",
    to: "",
  },
  {
    name: "who comes back to a capped room has missed what mentioned them",
    file: "core/delivery/ring.ts",
    from: "return left || (item.scope",
    to: "return (item.scope",
  },
  {
    name: "a gateway does not read back what it missed",
    file: "server/gateway/feed.ts",
    from: "if (ring.offset < upTo) refill(gateway, feed, ring, upTo);",
    to: "",
  },
  {
    name: "whoever catches up misses an entry",
    file: "server/gateway/fan-out.ts",
    from: "slice(ring, member, cursor.sent, flushed, bytesMax)",
    to: "slice(ring, member, seq(cursor.sent + 1), flushed, bytesMax)",
  },
  {
    name: "a client that was cut off does not come back",
    file: "sdk/connection.ts",
    from: 'else if (link.state === "reconnecting") begin(machine);',
    to: "",
  },
  {
    name: "a tab that is looked at again is not brought up to date",
    file: "sdk/machine.ts",
    from: "if (machine.rests) rest(machine, false);",
    to: "machine.rests = false;",
  },
  {
    name: "a client shows edits to nobody",
    file: "sdk/fold.ts",
    from: "return edited(machine, room, body);",
    to: "return;",
  },
  {
    name: "a client waits for ever for an answer that was lost",
    file: "sdk/pending.ts",
    from: "const againAt = pending.sentAt + bounds.answerWithinMs;",
    to: "const againAt = Infinity;",
  },
  {
    name: "a client shows an own message that was removed before its answer came",
    file: "sdk/own.ts",
    from: "outcome.time < fold.asOf",
    to: "false",
  },
];
