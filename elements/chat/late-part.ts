import { type CSSResult, nothing } from "lit";
import type { ChatHost, Part } from "./host.ts";

export type Loaded = { part: Part; styles: readonly CSSResult[] };

/**
 * A part whose code and styles are loaded when it is first wanted. A page that was opened before its server was upgraded may
 * ask for a file that is gone: then the part stays away, and is asked for again at the next painting that wants it.
 */
export function createLatePart(host: ChatHost, wanted: () => boolean, load: () => Promise<Loaded>): Part {
  let part: Part | null = null;
  let loading = false;

  async function fetchPart(): Promise<void> {
    loading = true;
    try {
      const loaded = await load();
      const { renderRoot } = host;
      if (renderRoot instanceof ShadowRoot) {
        const sheets = loaded.styles.flatMap(({ styleSheet }) => styleSheet ?? []);
        renderRoot.adoptedStyleSheets = [...renderRoot.adoptedStyleSheets, ...sheets];
      }
      part = loaded.part;
      host.repaint();
    } catch {
      setTimeout(() => (loading = false), retryMs);
    }
  }

  return {
    render() {
      if (part === null && !loading && wanted()) void fetchPart();
      return part?.render() ?? nothing;
    },
  };
}

const retryMs = 10_000;
