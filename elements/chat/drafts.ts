import { type KeyValueStorage, store, stored } from "@chorus/sdk/browser.ts";

/** What a text is meant to become. */
export type DraftPurpose = { to: "say" } | { to: "reply"; id: string } | { to: "edit"; id: string };

/** What somebody wrote and has not sent. Empty where there is nothing. */
export type Drafts = {
  read(room: string, purpose: DraftPurpose): string;
  /** Blank text takes the draft away. Called for each key press it costs much: call it when the person pauses. */
  write(room: string, purpose: DraftPurpose, text: string): void;
  /** All of them, as when somebody leaves the machine to another. */
  forget(): void;
};

type Draft = { room: string; purpose: string; text: string; at: number };

export const draftRoomsMax = 20;
export const draftsInRoomMax = 4;
export const draftCharsMax = 2_000;
export const draftMs = 7 * 86_400_000;
const storageKey = "chorus-drafts";

/** @param storage null keeps them for this visit only. What is in it is read each time: other tabs write there too. */
export function createDrafts(storage: KeyValueStorage | null, now: () => number): Drafts {
  let here: readonly Draft[] = [];

  function all(): readonly Draft[] {
    const read = storage === null ? here : draftsIn(stored(storage, storageKey));
    const at = now();
    return read.filter((draft) => draft.at > at - draftMs && draft.at <= at + draftMs);
  }

  function keep(drafts: readonly Draft[]): void {
    here = drafts;
    if (storage !== null) store(storage, storageKey, drafts.length === 0 ? null : drafts);
  }

  return {
    read(room, purpose) {
      const its = nameOf(purpose);
      return all().find((draft) => draft.room === room && draft.purpose === its)?.text ?? "";
    },
    write(room, purpose, text) {
      const its = nameOf(purpose);
      const before = all();
      const others = before.filter((draft) => draft.room !== room || draft.purpose !== its);
      const draft = { room, purpose: its, text: cut(text), at: now() };
      if (draft.text.trim() !== "") keep(bounded([draft, ...others]));
      else if (others.length < before.length) keep(others);
    },
    forget: () => keep([]),
  };
}

/** The newest stand first, and stay. */
function bounded(drafts: readonly Draft[]): readonly Draft[] {
  const rooms = new Map<string, number>();
  return drafts.filter(({ room }) => {
    const count = (rooms.get(room) ?? 0) + 1;
    if (count > draftsInRoomMax || (count === 1 && rooms.size >= draftRoomsMax)) return false;
    rooms.set(room, count);
    return true;
  });
}

/** Whatever else stands there, by another version or another hand, is as if it were not there. */
function draftsIn(value: unknown): readonly Draft[] {
  return Array.isArray(value) ? bounded(value.filter(isDraft)) : [];
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  return (
    "room" in value &&
    typeof value.room === "string" &&
    "purpose" in value &&
    typeof value.purpose === "string" &&
    "text" in value &&
    typeof value.text === "string" &&
    value.text.length <= 2 * draftCharsMax &&
    "at" in value &&
    typeof value.at === "number"
  );
}

function nameOf(purpose: DraftPurpose): string {
  return purpose.to === "say" ? "say" : `${purpose.to}:${purpose.id}`;
}

function cut(text: string): string {
  if (text.length <= draftCharsMax) return text;
  return Array.from(text.slice(0, 2 * draftCharsMax))
    .slice(0, draftCharsMax)
    .join("");
}
