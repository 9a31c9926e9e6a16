type Attributes = Readonly<Record<string, string | null>>;

/** Makes an element. Strings become text, never markup; an attribute that is null is left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string | null)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The one element of the page that is meant. A page without it is a wrong program. */
export function find<Kind extends Element>(selector: string, kind: new () => Kind): Kind {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`The page has no ${selector}.`);
  return found;
}

/** Writes only what differs: an announcement that did not change is not announced again. */
export function setText(of: Element, text: string): void {
  if (of.textContent !== text) of.textContent = text;
}
