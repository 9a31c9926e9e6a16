import { html, svg, type TemplateResult } from "lit";

/** Drawn on a field of 24 by 24, in the colour of the text around. What has a `fill` is a shape, the rest are lines. */
const drawings = {
  play: svg`<path fill="currentColor" d="M8 5.5v13l10.5-6.5z" />`,
  pause: svg`<path fill="currentColor" stroke="none" d="M7 5.5h3.5v13H7z M13.5 5.5H17v13h-3.5z" />`,
  sound: svg`<path fill="currentColor" d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z" /><path d="M15 9a4 4 0 0 1 0 6 M17.5 6.5a8 8 0 0 1 0 11" />`,
  muted: svg`<path fill="currentColor" d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z" /><path d="M15.5 9.5l5 5 M20.5 9.5l-5 5" />`,
  "full-screen": svg`<path d="M4.5 9.5v-5h5 M14.5 4.5h5v5 M19.5 14.5v5h-5 M9.5 19.5h-5v-5" />`,
  "small-screen": svg`<path d="M9.5 4.5v5h-5 M19.5 9.5h-5v-5 M14.5 19.5v-5h5 M4.5 14.5h5v5" />`,
  picture: svg`<path d="M4 5.5h16v13H4z" /><path fill="currentColor" d="M12 12h6v4.5h-6z" />`,
  quality: svg`<path d="M4 8h9 M17 8h3 M4 16h3 M11 16h9" /><circle cx="15" cy="8" r="2" /><circle cx="9" cy="16" r="2" />`,
  chosen: svg`<path d="M5.5 12.5l4.5 4.5 8.5-10" />`,
  camera: svg`<path d="M3 6.5h12v11H3z M15 10.5l6-3v9l-6-3" />`,
  ear: svg`<path d="M5 15v-2a7 7 0 0 1 14 0v2" /><path fill="currentColor" d="M4 14.5h3v5H5.5A1.5 1.5 0 0 1 4 18z M20 14.5h-3v5h1.5A1.5 1.5 0 0 0 20 18z" />`,
} as const;

export type IconName = keyof typeof drawings;

export function icon(name: IconName): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true">${drawings[name]}</svg>`;
}
