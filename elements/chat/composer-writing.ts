import { textFor } from "./composer-state.ts";
import type { DraftKeeper } from "./draft-keeper.ts";
import type { Purpose } from "./host.ts";
import type { Speaker } from "./mentions.ts";
import type { Model } from "./model.ts";

/** The text of a composer, what it is to become, and the drafts of both. It knows of no field. */
export type Writing = {
  readonly text: string;
  readonly purpose: Purpose;
  /** Who may be named, the most likely first: of several with one name it is who was chosen for this text. */
  people(): readonly Speaker[];
  /** Takes up the draft of another room. @returns whether there is another room than before. */
  enter(): boolean;
  write(text: string): void;
  chose(person: Speaker): void;
  /** @returns false where a message has no id yet, and nothing can be done with it. */
  become(next: Purpose, given?: string): boolean;
  /** What an edit would have become is given up; the text of an answer goes back to what one was going to say. */
  cancel(): void;
  /** What was written has left: the next is what one was going to say before. */
  startAnew(): void;
  /** An edit that would change nothing. */
  isUnchanged(): boolean;
};

export type WritingHost = {
  readonly model: {
    readonly room: Pick<Model["room"], "id">;
    readonly people: Pick<Model["people"], "recent" | "get">;
  } | null;
};

export function createWriting(host: WritingHost, drafts: DraftKeeper): Writing {
  let room: string | null = null;
  let purpose: Purpose = { to: "say" };
  let text = "";
  let named: readonly Speaker[] = [];

  function enter(): boolean {
    const next = host.model?.room.id ?? null;
    if (next === null || next === room) return false;
    drafts.flush();
    const early = room === null ? text : "";
    room = next;
    purpose = { to: "say" };
    named = [];
    text = early === "" ? drafts.read(room, purpose) : early;
    return true;
  }

  function write(next: string): void {
    text = next;
    drafts.typed(room, purpose, isUnchanged() ? "" : text);
  }

  function become(next: Purpose, given?: string): boolean {
    if (next.to !== "say" && next.message.id === null) return false;
    enter();
    const before = { purpose: purpose.to, text };
    const same = next.to === purpose.to && idOf(next) === idOf(purpose);
    /* What goes along is no longer a draft of what is left. */
    if (same || next.to === "edit" || purpose.to === "edit") drafts.flush();
    else drafts.drop(room, purpose);
    if (next.to === "edit") named = mentionedIn(next);
    const draft = same ? text : drafts.read(room, next);
    purpose = next;
    write(textFor(next, before, draft, given));
    return true;
  }

  function cancel(): void {
    if (purpose.to === "edit") drafts.drop(room, purpose);
    become({ to: "say" });
  }

  function startAnew(): void {
    drafts.drop(room, purpose);
    purpose = { to: "say" };
    named = [];
    text = drafts.read(room, purpose);
  }

  function isUnchanged(): boolean {
    return purpose.to === "edit" && text.trim() === purpose.message.text.trim();
  }

  /** Whom the message names already: they are meant again by the same names. */
  function mentionedIn({ message }: Extract<Purpose, { to: "edit" }>): readonly Speaker[] {
    return message.mentions.flatMap((id) => host.model?.people.get(id) ?? []);
  }

  return {
    get text() {
      return text;
    },
    get purpose() {
      return purpose;
    },
    people: () => [...named, ...(host.model?.people.recent() ?? [])],
    enter,
    write,
    chose(person) {
      named = [person, ...named];
    },
    become,
    cancel,
    startAnew,
    isUnchanged,
  };
}

function idOf(purpose: Purpose): string | null {
  return purpose.to === "say" ? null : purpose.message.id;
}
