import { limits } from "@chorus/protocol/limits.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { charsOf, countChars } from "./characters.ts";
import { element, find, setText } from "./element.ts";
import type { Permission } from "./permission.ts";

/** What a text is meant to become. */
export type Purpose =
  | { to: "say" }
  | { to: "reply"; message: Shown }
  | { to: "edit"; id: EntryId; text: string };

export type Composer = {
  show(permission: Permission): void;
  reply(message: Shown): void;
  edit(message: Shown): void;
  write(text: string): void;
};

const counterFromChars = 100;
const quoteCharsMax = 60;

export function createComposer(onSend: (text: string, purpose: Purpose) => void): Composer {
  const form = find("#composer", HTMLFormElement);
  const field = find("#text", HTMLTextAreaElement);
  const send = find("#send", HTMLButtonElement);
  const counter = find("#counter", HTMLElement);
  const hint = find("#hint", HTMLElement);
  const about = find("#purpose", HTMLElement);
  let purpose: Purpose = { to: "say" };
  let may = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  field.addEventListener("input", update);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && purpose.to !== "say") return become({ to: "say" });
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    submit();
  });
  update();

  function submit(): void {
    const text = field.value;
    if (!may || text.trim() === "" || over(text) > 0) return;
    const meant = purpose;
    field.value = "";
    become({ to: "say" });
    onSend(text, meant);
  }

  function become(next: Purpose): void {
    if (purpose.to === "edit" || next.to === "edit") field.value = next.to === "edit" ? next.text : "";
    purpose = next;
    about.replaceChildren(...(next.to === "say" ? [] : [aboutText(next), cancelButton()]));
    about.hidden = next.to === "say";
    setText(send, next.to === "edit" ? "Save" : "Send");
    field.focus();
    update();
  }

  function cancelButton(): HTMLElement {
    const cancel = element("button", { type: "button" }, "Cancel");
    cancel.addEventListener("click", () => become({ to: "say" }));
    return cancel;
  }

  function update(): void {
    const left = -over(field.value);
    counter.hidden = left > counterFromChars;
    setText(counter, left < 0 ? `${-left} too many` : `${left} left`);
    counter.toggleAttribute("data-over", left < 0);
    field.toggleAttribute("aria-invalid", left < 0);
    send.disabled = !may || left < 0 || field.value.trim() === "";
  }

  function show(permission: Permission): void {
    ({ may } = permission);
    field.disabled = !may;
    const words = permission.may ? permission.hint : permission.why;
    setText(hint, words ?? "");
    hint.hidden = words === null;
    update();
  }

  return {
    show,
    reply: (message) => become({ to: "reply", message }),
    edit: ({ id, text }) => id !== null && become({ to: "edit", id, text }),
    write(text) {
      become({ to: "say" });
      field.value = text;
      update();
    },
  };
}

/** How many characters too many; less than nothing while there is room. The room counts what is left after trimming. */
function over(text: string): number {
  return countChars(text.trim()) - limits.textCharsMax;
}

/** Enter may end the choice of a word in an input method; Safari tells so by the key code 229 alone. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

function aboutText(purpose: Exclude<Purpose, { to: "say" }>): HTMLElement {
  if (purpose.to === "edit") return element("span", {}, "Editing your message");
  const { name, text } = purpose.message;
  return element(
    "span",
    { class: "answered" },
    "Replying to ",
    element("bdi", { class: "quoted-name" }, name === "" ? "yourself" : name),
    " ",
    element("bdi", { class: "quoted-text" }, charsOf(text, quoteCharsMax)),
  );
}
