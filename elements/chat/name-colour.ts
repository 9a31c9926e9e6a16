import { contrast, hexOf, luminance, type Oklch, oklchOf, type Rgb, rgbOf, shownOf } from "./oklch.ts";

/** WCAG 2.2, success criterion 1.4.3: text of a normal size. */
export const contrastMin = 4.5;
/** As many as people can still tell apart in a list. */
export const hueCount = 16;

/** Where black and white are equally far away: on darker grounds names are lightened, on lighter ones darkened. */
const middleLuminance = Math.sqrt(1.05 * 0.05) - 0.05;
const searchSteps = 10;
const onDark = { lightness: 0.78, chroma: 0.135 };
const onLight = { lightness: 0.5, chroma: 0.16 };

/**
 * The colours that names have on a background. Rows of one theme have several backgrounds: the one to give is that
 * which is nearest to a middle grey, then the names can be read on all of them.
 *
 * ```ts
 * const palette = namePalette("#18181b");
 * nameColour(message.by, palette); // "#9bb4ff"
 * ```
 * @param background `#abc`, `#aabbcc` or `rgb(r, g, b)`.
 * @throws TypeError for any other background.
 */
export function namePalette(background: string): readonly string[] {
  const ground = groundOf(background);
  const base = isDark(ground) ? onDark : onLight;
  return Array.from({ length: hueCount }, (_, index) =>
    hexOf(readable({ ...base, hue: (index * 360) / hueCount }, ground)),
  );
}

/** The same person has the same place in every palette, by a hash that spreads short ids well (FNV-1a). */
export function nameColour(person: string, palette: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const char of person) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return palette[((hash ^ (hash >>> 15)) >>> 4) % palette.length] ?? "";
}

/**
 * A colour that was chosen elsewhere, as near to it as can be read on the background: what can be read stays as it is.
 * @returns null when it is not `#abc`, `#aabbcc` or `rgb(r, g, b)`.
 * @throws TypeError for a background that is none of these.
 */
export function correctedColour(given: string, background: string): string | null {
  const rgb = rgbOf(given);
  if (rgb === null) return null;
  const ground = groundOf(background);
  return hexOf(isReadable(rgb, ground) ? rgb : readable(oklchOf(rgb), ground));
}

/** Moves the lightness no further than is needed; black or white, at the end of the way, can always be read. */
function readable(wish: Oklch, ground: Rgb): Rgb {
  const wished = shownOf(wish);
  if (isReadable(wished, ground)) return wished;
  let tooNear = wish.lightness;
  let enough = isDark(ground) ? 1 : 0;
  for (let step = 0; step < searchSteps; step++) {
    const middle = (tooNear + enough) / 2;
    if (isReadable(shownOf({ ...wish, lightness: middle }), ground)) enough = middle;
    else tooNear = middle;
  }
  return shownOf({ ...wish, lightness: enough });
}

function isReadable(rgb: Rgb, ground: Rgb): boolean {
  return contrast(rgb, ground) >= contrastMin;
}

function isDark(ground: Rgb): boolean {
  return luminance(ground) < middleLuminance;
}

function groundOf(background: string): Rgb {
  const ground = rgbOf(background);
  if (ground === null)
    throw new TypeError(`A background is #abc, #aabbcc or rgb(r, g, b), not ${background}`);
  return ground;
}
