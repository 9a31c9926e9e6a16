import type { ChorusRoom } from "@chorus/sdk/client.ts";
import { element, find, setText } from "./element.ts";
import { countWords } from "./words.ts";

export type ReactionsBar = {
  show(emoji: readonly string[], tally: ChorusRoom["tally"], enabled: boolean): void;
};

type Choice = {
  button: HTMLButtonElement;
  total: HTMLElement;
  own: HTMLElement;
  taps: number;
  timer: number;
};

const ownShownMs = 2_000;

/** The room's emoji with what everybody tapped, and for a moment what one tapped oneself. */
export function createReactionsBar(onTap: (emoji: string) => void): ReactionsBar {
  const bar = find("#reactions", HTMLElement);
  const choices = new Map<string, Choice>();

  function show(emoji: readonly string[], tally: ChorusRoom["tally"], enabled: boolean): void {
    if (emoji.join(" ") !== [...choices.keys()].join(" ")) build(emoji);
    bar.hidden = emoji.length === 0;
    for (const [one, { button, total }] of choices) {
      const count = tally !== null && Object.hasOwn(tally.reactions, one) ? (tally.reactions[one] ?? 0) : 0;
      setText(total, count === 0 ? "" : countWords(count));
      button.setAttribute("aria-label", `React with ${one}, ${count} so far`);
      button.disabled = !enabled;
    }
  }

  function build(emoji: readonly string[]): void {
    choices.clear();
    for (const one of emoji) choices.set(one, choiceOf(one));
    bar.replaceChildren(...[...choices.values()].map(({ button }) => button));
  }

  function choiceOf(emoji: string): Choice {
    const total = element("span", { class: "total" });
    const own = element("span", { class: "own-taps", "aria-hidden": "true" });
    const button = element(
      "button",
      { type: "button" },
      element("span", { class: "emoji" }, emoji),
      total,
      own,
    );
    const choice: Choice = { button, total, own, taps: 0, timer: 0 };
    button.addEventListener("click", () => {
      onTap(emoji);
      count(choice);
    });
    return choice;
  }

  return { show };
}

function count(choice: Choice): void {
  choice.taps++;
  setText(choice.own, `+${choice.taps}`);
  clearTimeout(choice.timer);
  choice.timer = window.setTimeout(() => {
    choice.taps = 0;
    setText(choice.own, "");
  }, ownShownMs);
}
