import type { Moderation } from "@chorus/protocol/requests.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Order } from "./composer-commands.ts";
import type { ChatHost } from "./host.ts";
import type { Speaker } from "./mentions.ts";

export type OrderHost = Pick<ChatHost, "ignore" | "moderate" | "say" | "words" | "tools"> & {
  readonly model: {
    readonly name: string | null;
    readonly room: { readonly settings: RoomSettings | null };
  } | null;
};

/** Does what a command says, with a sentence about it and the way back where there is one. */
export function obey(host: OrderHost, order: Exclude<Order, { do: "help" }>): void {
  if (order.do === "moderate") {
    host.moderate(order.act, doneIn(host, order.act, order.person), undoOf(host, order.act));
    return;
  }
  const { id, name } = order.person;
  const { nowIgnored, noLongerIgnored } = host.tools.actions;
  const hide = order.do === "ignore";
  host.ignore(id, hide);
  host.say(hide ? nowIgnored(name) : noLongerIgnored(name), () => host.ignore(id, !hide));
}

function doneIn({ words, tools }: OrderHost, act: Moderation, person: Speaker | null): string {
  const whom = person?.name ?? tools.log.somebody;
  switch (act.do) {
    case "timeout":
      return tools.moderation.timedOut(whom, act.seconds);
    case "ban":
      return tools.moderation.banned(whom);
    case "lift":
      return tools.moderation.lifted(whom);
    case "settings":
      return settingsDone(words, tools, act.settings);
    default:
      return "";
  }
}

function settingsDone(
  { mode: modes, composer }: OrderHost["words"],
  { moderation }: OrderHost["tools"],
  { mode, slowMs = 0 }: Partial<RoomSettings>,
): string {
  if (mode !== undefined) return modes[mode];
  return slowMs > 0 ? composer.slow(slowMs / 1_000) : moderation.slowOff;
}

function undoOf({ model }: OrderHost, act: Moderation): Moderation | undefined {
  switch (act.do) {
    case "timeout":
    case "ban":
      return { do: "lift", person: act.person, what: act.do };
    case "settings": {
      const before = model?.room.settings;
      if (before === null || before === undefined) return undefined;
      const { mode, slowMs } = before;
      return { do: "settings", settings: act.settings.mode === undefined ? { slowMs } : { mode } };
    }
    default:
      return undefined;
  }
}
