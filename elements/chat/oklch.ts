/**
 * Colours as people see them: OKLCH (https://bottosson.github.io/posts/oklab/), where a step of lightness or hue looks
 * as large everywhere, and sRGB, in which a page writes them. Channels of sRGB go from 0 to 1, hues are degrees.
 */
export type Rgb = readonly [red: number, green: number, blue: number];
export type Oklch = { readonly lightness: number; readonly chroma: number; readonly hue: number };

const hex = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;
const functional = /^rgb\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)$/i;
const chromaSteps = 12;

/** Reads `#abc`, `#aabbcc` and the `rgb(…)` that browsers compute. Null for the rest: names, alpha, other spaces. */
export function rgbOf(css: string): Rgb | null {
  const text = css.trim();
  if (hex.test(text)) {
    const digits =
      text.length === 4 ? Array.from(text.slice(1), (digit) => digit + digit).join("") : text.slice(1);
    const value = Number.parseInt(digits, 16);
    return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
  }
  const [, red, green, blue] = functional.exec(text) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return null;
  const channels: Rgb = [Number(red) / 255, Number(green) / 255, Number(blue) / 255];
  return Math.max(...channels) <= 1 ? channels : null;
}

export function hexOf(rgb: Rgb): string {
  return `#${rgb.map((channel) => byteOf(channel).toString(16).padStart(2, "0")).join("")}`;
}

/** WCAG 2.2, "contrast ratio": from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** WCAG 2.2, "relative luminance". */
export function luminance(rgb: Rgb): number {
  const [red, green, blue] = linearOf(rgb);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function oklchOf(rgb: Rgb): Oklch {
  const [lightness, a, b] = oklabOf(rgb);
  const hue = (Math.atan2(b, a) * 180) / Math.PI;
  return { lightness, chroma: Math.hypot(a, b), hue: (hue + 360) % 360 };
}

/** As a screen can show it, in whole steps of 8 bits: what no screen can show keeps lightness and hue and loses chroma. */
export function shownOf({ lightness, chroma, hue }: Oklch): Rgb {
  const whole = srgbOf({ lightness, chroma, hue });
  if (isShown(whole)) return rounded(whole);
  let [low, high] = [0, chroma];
  for (let step = 0; step < chromaSteps; step++) {
    const middle = (low + high) / 2;
    if (isShown(srgbOf({ lightness, chroma: middle, hue }))) low = middle;
    else high = middle;
  }
  return rounded(srgbOf({ lightness, chroma: low, hue }));
}

export function oklabOf(rgb: Rgb): readonly [lightness: number, a: number, b: number] {
  const [red, green, blue] = linearOf(rgb);
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function srgbOf({ lightness, chroma, hue }: Oklch): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function linearOf([red, green, blue]: Rgb): Rgb {
  return [decoded(red), decoded(green), decoded(blue)];
}

function decoded(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

function encoded(channel: number): number {
  return channel <= 0.0031308 ? channel * 12.92 : 1.055 * channel ** (1 / 2.4) - 0.055;
}

/** Less than half a step of 8 bits outside is a matter of rounding. */
function isShown(rgb: Rgb): boolean {
  return rgb.every((channel) => channel > -0.5 / 255 && channel < 1 + 0.5 / 255);
}

function rounded([red, green, blue]: Rgb): Rgb {
  return [byteOf(red) / 255, byteOf(green) / 255, byteOf(blue) / 255];
}

function byteOf(channel: number): number {
  return Math.round(Math.min(Math.max(channel, 0), 1) * 255);
}
