import { forgottenBy, type Place } from "@chorus/core/room/forgotten.ts";
import type { CommandInput } from "@chorus/core/room/turn.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Outcome, StoredMessage } from "../log/log.ts";
import { foundOf } from "./record.ts";
import { laterAnswer, type RoomHost } from "./room-host.ts";
import { answer, type KeeperState } from "./state.ts";

type Look = { input: CommandInput; place: Place };

const retryMs = 1_000;

/**
 * Commands about messages that the room has forgotten wait for what the log says of them. The room does nothing else
 * meanwhile, so nothing can change between the look and the decision. False when there is nothing to look for.
 */
export function lookUp(keeper: KeeperState, host: RoomHost, done: () => void): boolean {
  const looks = looksIn(host);
  if (looks.length === 0) return false;
  host.phase = "looking";
  let open = looks.length;
  for (const look of looks) {
    keeper.log.find(host.room, look.place, (outcome) => {
      take(keeper, host, look, outcome);
      open -= 1;
      if (open > 0) return;
      host.phase = "ready";
      done();
    });
  }
  return true;
}

function looksIn({ state, phase, mailbox }: RoomHost): Look[] {
  const looks: Look[] = [];
  if (state === null || phase !== "ready") return looks;
  for (const input of mailbox.slice(0, limits.turnInputsMax)) {
    const place = input.i === "command" ? forgottenBy(state, input) : null;
    if (input.i !== "command" || place === null) continue;
    looks.push({ input, place });
    if (looks.length === limits.lookUpsAtOnceMax) break;
  }
  return looks;
}

function take(
  keeper: KeeperState,
  host: RoomHost,
  { input }: Look,
  outcome: Outcome<StoredMessage | null | "no-such-room">,
): void {
  if (outcome.ok) {
    input.found = outcome.value === "no-such-room" || outcome.value === null ? null : foundOf(outcome.value);
    return;
  }
  keeper.observe.logFailed?.(host.room, outcome.failure.message);
  host.mailbox.splice(host.mailbox.indexOf(input), 1);
  answer(keeper, [laterAnswer(input, "try-later", retryMs)]);
}
