import type { StudioWords } from "@chorus/elements/words/studio-words.ts";

/** A value to put into another program: its name, itself, and a button that copies it. */
export type CopyField = {
  readonly element: HTMLElement;
  set(value: string): void;
};

const hidden = "•".repeat(16);
const saidMs = 3_000;

/** @param secret hidden until somebody asks for it; it is copied without being shown. */
export function createCopyField(
  words: StudioWords,
  { name, secret, said }: { name: string; secret: boolean; said(sentence: string): void },
): CopyField {
  const element = document.createElement("div");
  element.className = "field";
  const label = element.appendChild(document.createElement("span"));
  label.className = "name";
  label.textContent = name;
  const shown = element.appendChild(document.createElement("code"));
  shown.dir = "ltr";
  shown.tabIndex = 0;
  shown.setAttribute("aria-label", name);
  shown.setAttribute("role", "textbox");
  shown.setAttribute("aria-readonly", "true");
  let value = "";
  let open = !secret;
  if (secret) element.append(createReveal());
  const copy = element.appendChild(button(words.copy(name)));
  copy.textContent = words.copyShort;
  copy.addEventListener("click", () => void copyValue());

  function createReveal(): HTMLButtonElement {
    const reveal = button(words.show(name));
    reveal.textContent = words.showShort;
    reveal.setAttribute("aria-pressed", "false");
    reveal.addEventListener("click", () => {
      open = !open;
      reveal.textContent = open ? words.hideShort : words.showShort;
      reveal.ariaLabel = open ? words.hide(name) : words.show(name);
      reveal.setAttribute("aria-pressed", String(open));
      show();
    });
    return reveal;
  }

  async function copyValue(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value);
      said(words.copied);
      copy.textContent = words.copied;
      setTimeout(() => (copy.textContent = words.copyShort), saidMs);
    } catch {
      open = true;
      show();
      getSelection()?.selectAllChildren(shown);
      said(words.notCopied);
    }
  }

  function show(): void {
    shown.textContent = open ? value : hidden;
  }

  return {
    element,
    set(next) {
      if (next === value) return;
      value = next;
      show();
    },
  };
}

function button(label: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.ariaLabel = label;
  return made;
}
