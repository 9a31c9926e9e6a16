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
