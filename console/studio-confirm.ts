import { find } from "./element.ts";

/** A question before something that cannot be taken back. */
export type Question = {
  /** Escape and the first button say no, and the focus goes back to where it was. */
  ask(): Promise<boolean>;
};

/** The buttons of the dialog close it by their value: a form would be against the page's policy. */
export function createQuestion(selector: string): Question {
  const dialog = find(selector, HTMLDialogElement);
  let answered: ((yes: boolean) => void) | null = null;

  for (const button of dialog.querySelectorAll("button"))
    button.addEventListener("click", () => {
      answer(button.value === "yes");
      dialog.close();
    });
  /* It comes a while after the dialog has closed, when it may have been opened again. */
  dialog.addEventListener("close", () => {
    if (!dialog.open) answer(false);
  });

  function answer(yes: boolean): void {
    answered?.(yes);
    answered = null;
  }

  return {
    ask() {
      answer(false);
      if (!dialog.open) dialog.showModal();
      return new Promise((resolve) => {
        answered = resolve;
      });
    },
  };
}
