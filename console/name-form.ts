import { limits } from "@chorus/protocol/limits.ts";
import { charsOf } from "./characters.ts";
import { find, setText } from "./element.ts";

/** How a guest is called. `null`: they did not say yet; empty: they want to be numbered. */
export type GuestName = string | null;
export type NameForm = { show(guest: boolean, numbered: string | null): void };

const storageKey = "chorus:name";

export function rememberedName(): GuestName {
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
  find("#change-name", HTMLButtonElement).addEventListener("click", () => {
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
    onName(chosen);
  }

  function update(guest: boolean): void {
    form.hidden = !guest || !asking;
    composer.hidden = guest && asking;
    who.hidden = !guest;
  }

  function show(guest: boolean, numbered: string | null): void {
    update(guest);
    setText(as, name === null || name === "" ? (numbered ?? "a numbered guest") : name);
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
