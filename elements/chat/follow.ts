/**
 * Whether the list follows what is said. `following`: the newest message stays in sight. `paused`: the person reads
 * something older, or pressed pause; it lasts until they return. `frozen`: a key is held. `held`: the pointer rests on
 * something that can be pressed. The last two end by themselves.
 */
export type FollowMode = "following" | "paused" | "frozen" | "held";

export type FollowView = {
  readonly mode: FollowMode;
  /** Messages since the newest one was last in sight; zero while following. */
  readonly newCount: number;
  /** Those among them that mention this person. */
  readonly mentionCount: number;
};

export type FollowEvent =
  /** `distanceToEnd` is in CSS pixels to the newest message, whether it has a row or not: Infinity where that is not known. */
  | { e: "scrolled"; distanceToEnd: number; byPerson: boolean }
  | { e: "message"; mentionsMe: boolean }
  /** The pause button, which is the way back too. */
  | { e: "pausePressed" }
  /** `down: false` also when the window loses the keyboard: no key tells that it went up then. */
  | { e: "freezeKey"; down: boolean }
  /** The pointer or the keyboard's focus rests on actions of a row, or leaves them. */
  | { e: "actionsTouched"; touched: boolean }
  /** The person went to an older message: one that is quoted, or a mention. */
  | { e: "jumpToMessage" }
  | { e: "jumpToEnd" }
  /** The list was replaced: what is new in it cannot be counted. */
  | { e: "replaced" };

export type Follow = FollowView & {
  /** The person is away from the end. */
  readonly away: boolean;
  readonly pressed: boolean;
  readonly keyDown: boolean;
  readonly touched: boolean;
};

/** Closer to the end than this is at the end: a line more or less is nothing that somebody decides. */
export const nearEndPx = 48;

export const followFromStart: Follow = {
  mode: "following",
  newCount: 0,
  mentionCount: 0,
  away: false,
  pressed: false,
  keyDown: false,
  touched: false,
};

/** @returns the same object where nothing is different. */
export function follow(before: Follow, event: FollowEvent): Follow {
  switch (event.e) {
    case "scrolled":
      return event.byPerson ? scrolled(before, event.distanceToEnd) : before;
    case "message":
      return before.mode === "following" ? before : counted(before, event.mentionsMe);
    case "pausePressed":
      return before.away || before.pressed ? atEnd(before) : moded({ ...before, pressed: true });
    case "freezeKey":
      return before.keyDown === event.down ? before : moded({ ...before, keyDown: event.down });
    case "actionsTouched":
      return before.touched === event.touched ? before : moded({ ...before, touched: event.touched });
    case "jumpToMessage":
      return before.away ? before : moded({ ...before, away: true });
    case "jumpToEnd":
      return atEnd(before);
    case "replaced":
      return before.newCount === 0 ? before : { ...before, newCount: 0, mentionCount: 0 };
  }
}

/** Whoever pressed pause at the end is not returning to it: they have to have left, or the end must have moved on. */
function scrolled(before: Follow, distanceToEnd: number): Follow {
  const away = distanceToEnd > nearEndPx;
  if (away) return before.away ? before : moded({ ...before, away });
  return before.away ? atEnd(before) : before;
}

function counted(before: Follow, mentionsMe: boolean): Follow {
  const away = before.away || before.pressed;
  const mentionCount = before.mentionCount + (mentionsMe ? 1 : 0);
  return { ...before, away, newCount: before.newCount + 1, mentionCount };
}

/** The newest message is in sight. A key or a pointer may still hold the list there. */
function atEnd(before: Follow): Follow {
  if (!before.away && !before.pressed && before.newCount === 0) return before;
  return moded({ ...before, away: false, pressed: false, newCount: 0, mentionCount: 0 });
}

function moded(state: Follow): Follow {
  const mode = modeOf(state);
  return mode === "following" ? { ...state, mode, newCount: 0, mentionCount: 0 } : { ...state, mode };
}

function modeOf({ away, pressed, keyDown, touched }: Follow): FollowMode {
  if (keyDown) return "frozen";
  if (away || pressed) return "paused";
  return touched ? "held" : "following";
}
