import { limits } from "@chorus/protocol/limits.ts";
import { find, setText } from "./element.ts";

export type NameForm = {
  /**
   * @param name how the room calls this person, where that is known.
   * @param waiting messages are on their way under the old name, and a change would lose them.
   */
  show(guest: boolean, name: string | null, waiting: boolean): void;
};

const storageKey = "chorus:name";

/** Null when this browser has never been asked; empty for somebody who wants no name. */
export function rememberedName(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

/** Asks a guest once, and again when they want to change it. Everybody may read meanwhile. */
export function createNameForm(onName: (name: string) => void): NameForm {
  const form = find("#name-form", HTMLFormElement);
  const field = find("#name", HTMLInputElement);
  const composer = find("#composer", HTMLFormElement);
  const who = find("#who", HTMLElement);
  const as = find("#as", HTMLElement);
  const change = find("#change-name", HTMLButtonElement);
  const text = find("#text", HTMLTextAreaElement);
  const without = find("#without-name", HTMLButtonElement);
  const remembered = rememberedName();
  let asking = remembered === null;
  field.maxLength = limits.nameCharsMax;
  field.value = remembered ?? "";

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(field.value.trim());
  });
  without.addEventListener("click", () => choose(""));
  change.addEventListener("click", () => {
    asking = true;
    update(true);
    field.focus();
    field.select();
  });

  function choose(chosen: string): void {
    asking = false;
    remember(chosen);
    update(true);
    text.focus();
    onName(chosen);
  }

  function update(guest: boolean): void {
    form.hidden = !guest || !asking;
    composer.hidden = guest && asking;
    change.hidden = !guest;
  }

  function show(guest: boolean, known: string | null, waiting: boolean): void {
    update(guest);
    change.disabled = waiting;
    setText(as, known ?? "a numbered guest");
    who.hidden = known === null && !guest;
    // A guest who has a name may take another one; the server does not forget the last.
    without.hidden = known !== null;
  }

  return { show };
}

function remember(name: string): void {
  try {
    localStorage.setItem(storageKey, name);
  } catch {
    // Asked again after a reload.
  }
}
