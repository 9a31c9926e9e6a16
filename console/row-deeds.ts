import type { Moderation } from "@chorus/protocol/requests.ts";
import type { ChorusRoom, Sent, Shown } from "@chorus/sdk/client.ts";
import type { Composer } from "./composer.ts";
import type { NoticeLine } from "./notice-line.ts";
import { type RowAct, timeoutSeconds } from "./row-menu.ts";

export type Deeds = {
  room: ChorusRoom;
  composer: Composer;
  notice: NoticeLine;
  say(message: Shown): void;
  dismiss(message: Shown): void;
};

/** Carries out what was asked for at a message. The message may have changed since: then the room says so. */
export function perform(deeds: Deeds, { act, message, why }: RowAct): void {
  const { room, composer, notice } = deeds;
  const { id, by } = message;
  switch (act) {
    case "reuse":
      deeds.dismiss(message);
      return composer.write(message.text);
    case "try-again":
      deeds.dismiss(message);
      return deeds.say(message);
    case "dismiss":
      return deeds.dismiss(message);
    case "menu":
      return;
  }
  if (id === null) return;
  switch (act) {
    case "reply":
      return composer.reply(message);
    case "edit":
      return composer.edit(message);
    case "take-back":
      return report(notice, room.retract(id, message.seq ?? undefined), "Taken back.");
    case "delete":
      return moderate({ do: "retract", id, ...placeOf(message), why }, "Message deleted.", {
        do: "restore",
        id,
        ...placeOf(message),
      });
    case "restore":
      return moderate({ do: "restore", id, ...placeOf(message) }, "Message restored.");
    case "pin":
      return moderate({ do: "pin", id }, "Message pinned.", { do: "unpin", id });
    case "unpin":
      return moderate({ do: "unpin", id }, "Message unpinned.", { do: "pin", id });
  }
  if (by === null) return;
  if (act === "timeout") {
    const sentence = `${isolated(message.name)} cannot write for ${timeoutSeconds} s.`;
    const lift = { do: "lift", person: by, what: "timeout" } as const;
    return moderate({ do: "timeout", person: by, seconds: timeoutSeconds, why }, sentence, lift);
  }
  const lift = { do: "lift", person: by, what: "ban" } as const;
  return moderate(
    { do: "ban", person: by, why },
    `${isolated(message.name)} is banned from this room.`,
    lift,
  );

  function moderate(doing: Moderation, sentence: string, undoing?: Moderation): void {
    const undo = undoing === undefined ? undefined : () => moderate(undoing, "Undone.");
    report(notice, room.moderate(doing), sentence, undo);
  }
}

/** Says what came of a command: the good news with a way back, the bad news as the room put it. */
export function report(notice: NoticeLine, sent: Sent, sentence: string, undo?: () => void): void {
  void sent.done.then((outcome) => {
    if ("sentence" in outcome) notice.say(outcome.sentence);
    else notice.say(sentence, undo);
  });
}

/** Finds a message that the room no longer remembers. */
function placeOf({ seq }: Shown): { seq?: NonNullable<Shown["seq"]> } {
  return seq === null ? {} : { seq };
}

/** A name inside of a sentence, in a direction of its own (U+2068, U+2069: UAX 9). */
function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
