import { limits } from "@chorus/protocol/limits.ts";
import { charsOf } from "./characters.ts";
import { find, setText } from "./element.ts";

/** How a guest is called. `null`: they did not say yet; empty: they want to be numbered. */
export type GuestName = string | null;
export type NameForm = {
  /**
   * @param name how the room calls this person, where that is known.
   * @param waiting messages are on their way under the old name, and a change would lose them.
   */
  show(guest: boolean, name: string | null, waiting: boolean): void;
};

const storageKey = "chorus:name";

export function rememberedName(): GuestName {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

/** Asks a guest once, and again when they want to change it. Everybody may read meanwhile. */
export function createNameForm(onName: () => void): NameForm {
  const form = find("#name-form", HTMLFormElement);
  const field = find("#name", HTMLInputElement);
  const composer = find("#composer", HTMLFormElement);
  const who = find("#who", HTMLElement);
  const as = find("#as", HTMLElement);
  const change = find("#change-name", HTMLButtonElement);
  const text = find("#text", HTMLTextAreaElement);
  let name = rememberedName();
  let asking = name === null;
  field.maxLength = limits.nameCharsMax;
  field.value = name ?? "";

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(charsOf(field.value.trim(), limits.nameCharsMax));
  });
  find("#without-name", HTMLButtonElement).addEventListener("click", () => choose(""));
  change.addEventListener("click", () => {
    asking = true;
    update(true);
    field.focus();
    field.select();
  });

  function choose(chosen: string): void {
    asking = false;
    name = chosen;
    remember(chosen);
    update(true);
    text.focus();
    onName();
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
