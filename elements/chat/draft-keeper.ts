import type { DraftPurpose, Drafts } from "./drafts.ts";
import type { Purpose } from "./host.ts";

/** Writes drafts when the person pauses, and when the page may be going. */
export type DraftKeeper = {
  read(room: string | null, purpose: Purpose): string;
  /** Forgets what was to be written for another room or purpose: call `flush` before these change. */
  typed(room: string | null, purpose: Purpose, text: string): void;
  drop(room: string | null, purpose: Purpose): void;
  /** Now, what was typed last. */
  flush(): void;
};

export const draftPauseMs = 300;

export function createDraftKeeper(drafts: Drafts): DraftKeeper {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unwritten: { room: string; purpose: DraftPurpose; text: string } | null = null;

  function flush(): void {
    clearTimeout(timer);
    if (unwritten !== null) drafts.write(unwritten.room, unwritten.purpose, unwritten.text);
    unwritten = null;
  }

  return {
    flush,
    read: (room, purpose) => (room === null ? "" : drafts.read(room, named(purpose))),
    typed(room, purpose, text) {
      clearTimeout(timer);
      unwritten = room === null ? null : { room, purpose: named(purpose), text };
      timer = setTimeout(flush, draftPauseMs);
    },
    drop(room, purpose) {
      clearTimeout(timer);
      unwritten = null;
      if (room !== null) drafts.write(room, named(purpose), "");
    },
  };
}

/** What the room has not named yet can be neither answered nor changed. */
function named(purpose: Purpose): DraftPurpose {
  if (purpose.to === "say" || purpose.message.id === null) return { to: "say" };
  return { to: purpose.to, id: purpose.message.id };
}
