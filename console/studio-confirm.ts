import { find } from "./element.ts";

/** Asks once more. Escape and the first button say no, and the focus goes back to where it was. */
export function confirmIn(dialog: HTMLDialogElement): Promise<boolean> {
  if (dialog.open) return Promise.resolve(false);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** The buttons of a dialog close it by their value: a form would be against the page's policy. */
export function openableDialog(selector: string): HTMLDialogElement {
  const dialog = find(selector, HTMLDialogElement);
  for (const button of dialog.querySelectorAll("button"))
    button.addEventListener("click", () => dialog.close(button.value));
  return dialog;
}
