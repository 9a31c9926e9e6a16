import { html, nothing, type TemplateResult } from "lit";
import { nameCharsMax } from "./mention-search.ts";
import type { ChatHost, Part } from "./host.ts";

/** Asks a guest once what they want to be called; they may stay as they are. */
export function createNameForm(
  host: ChatHost,
  options: { wanted(): boolean; given(): string; choose(name: string | null): void },
): Part {
  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const name = String(new FormData(form).get("name") ?? "").trim();
    options.choose(name === "" ? null : name);
  }

  return {
    render(): TemplateResult | typeof nothing {
      if (!options.wanted()) return nothing;
      const { guest } = host.words;
      return html`<form class="name-form" part="name-form" @submit=${submit}>
        <label for="name">${guest.label}</label>
        <input id="name" name="name" maxlength=${nameCharsMax} autocomplete="nickname" dir="auto" />
        <button type="submit">${guest.join}</button>
        <button type="button" @click=${() => options.choose(null)}>${guest.stay(options.given())}</button>
      </form>`;
    },
  };
}
