import { html, nothing, type TemplateResult } from "lit";
import { nameCharsMax } from "./mentions.ts";
import type { ChatHost, Part } from "./host.ts";
import { pageStorage, remember } from "./storage.ts";

export type GuestName = Part & {
  /** What was chosen on an earlier visit. */
  readonly kept: string | null;
  /** The name of a guest who may choose another; null for everybody else, and empty for who has none. */
  readonly changeable: string | null;
  choose(name: string): void;
};

const nameKey = "chorus:name";

/**
 * Asks a guest once what they want to be called; they may stay as they are.
 *
 * @param asked whether the page leaves it to the guest.
 * @param chosen the guest answered; `named` where the room is to be entered by another name.
 */
export function createGuestName(
  host: ChatHost,
  asked: () => boolean,
  chosen: (named: boolean) => void,
): GuestName {
  let answered = false;

  function isWanted(): boolean {
    const { model } = host;
    if (model === null || answered || !asked() || model.name !== null) return false;
    return model.room.role === "guest" && host.closed === null;
  }

  function stay(): void {
    answered = true;
    chosen(false);
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const name = String(new FormData(form).get("name") ?? "").trim();
    if (name === "") stay();
    else choose(name);
  }

  function choose(name: string): void {
    answered = true;
    remember(nameKey, name);
    chosen(true);
  }

  return {
    choose,
    get changeable() {
      const { model } = host;
      return model?.room.role === "guest" && asked() ? (model.name ?? "") : null;
    },
    get kept() {
      return pageStorage()?.getItem(nameKey) ?? null;
    },
    render(): TemplateResult | typeof nothing {
      if (!isWanted()) return nothing;
      const { guest, roles } = host.words;
      return html`<form class="name-form" part="name-form" @submit=${submit}>
        <label for="name">${guest.label}</label>
        <input id="name" name="name" maxlength=${nameCharsMax} autocomplete="nickname" dir="auto" />
        <button type="submit">${guest.join}</button>
        <button type="button" @click=${stay}>${guest.stay(host.model?.name ?? roles.guest)}</button>
      </form>`;
    },
  };
}
