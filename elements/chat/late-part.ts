import { type CSSResult, nothing } from "lit";
import type { ChatHost, Part } from "./host.ts";
import { createLate, type Late } from "./late.ts";

export type Loaded<P> = { part: P; styles: CSSResult };

/**
 * Something of the chat that is loaded when it is first wanted, with its words and its styles. The chat is painted again when
 * it is there.
 */
export function createLateTool<P>(host: ChatHost, load: () => Promise<Loaded<P>>): Late<P> {
  async function loadAll(): Promise<P> {
    const [{ part, styles }] = await Promise.all([load(), host.loadTools()]);
    const { shadowRoot } = host;
    if (shadowRoot !== null && styles.styleSheet !== undefined)
      shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, styles.styleSheet];
    return part;
  }

  return createLate(loadAll, () => host.repaint());
}

/** A tool that draws itself: it is loaded by the first painting at which it is wanted. */
export function createLatePart<P extends Part>(
  host: ChatHost,
  wanted: () => boolean,
  load: () => Promise<Loaded<P>>,
): Part & Late<P> {
  const late = createLateTool(host, load);
  return {
    get now() {
      return late.now;
    },
    load: late.load,
    render() {
      if (late.now === null && wanted()) void late.load();
      return late.now?.render() ?? nothing;
    },
  };
}
