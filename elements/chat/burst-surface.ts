import { type Burst, spritesMax } from "./burst.ts";
import { createBurstStage, type Stage, type Surface } from "./burst-stage.ts";

type Canvas = HTMLCanvasElement | OffscreenCanvas;
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** The largest size of a particle on the screen, in CSS pixels. */
const particlePx = 28;
/** Each emoji is painted as text once, into a cell of this many pixels; after that it is an image to be copied. */
const cellPx = 64;
const glyphPx = 48;
const cellsInRow = 8;
/** What has no colours of its own has one that stands out from light and from dark. */
const plainColor = "#8a8a8a";
const font = `${glyphPx}px "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif`;

/** A stage of the page or of a worker: whichever loads this. */
export function createCanvasStage(): Stage {
  return createBurstStage({
    chance: Math.random,
    now: () => performance.now(),
    onFrame: (run) => void requestAnimationFrame(run),
    surfaceOf: createSurface,
  });
}

function createSurface(canvas: Canvas): Surface | null {
  const context = contextOf(canvas);
  const atlas = createAtlas();
  if (context === null || atlas === null) return null;
  const { sheet, prepare } = atlas;
  let scale = 1;
  let empty = true;

  /** A canvas that is given a size forgets what was on it. */
  function resize(width: number, height: number, ratio: number): void {
    scale = ratio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    empty = true;
  }

  function draw(burst: Burst): void {
    if (context === null) return;
    if (!empty) context.clearRect(0, 0, canvas.width, canvas.height);
    empty = burst.count === 0;
    prepare(burst.sprites);
    for (let index = 0; index < burst.count; index++) drawOne(context, burst, index);
    context.globalAlpha = 1;
  }

  function drawOne(context: Context, burst: Burst, index: number): void {
    const opacity = burst.opacityOf(index);
    if (opacity <= 0) return;
    const sprite = burst.spriteOf(index);
    const px = burst.sizeOf(index) * particlePx * scale;
    const left = burst.xOf(index) * canvas.width - px / 2;
    const top = (1 - burst.riseOf(index)) * canvas.height - px;
    context.globalAlpha = opacity;
    context.drawImage(sheet, columnOf(sprite), rowOf(sprite), cellPx, cellPx, left, top, px, px);
  }

  return { resize, draw };
}

type Atlas = { sheet: Canvas; prepare(sprites: readonly string[]): void };

function createAtlas(): Atlas | null {
  const sheet = plainCanvas(cellPx * cellsInRow, cellPx * Math.ceil(spritesMax / cellsInRow));
  const context = contextOf(sheet);
  if (context === null) return null;
  context.font = font;
  context.fillStyle = plainColor;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const painted: string[] = [];

  /** The width that text may have squeezes in what is longer than one emoji. */
  function paint(sprite: number, emoji: string): void {
    painted[sprite] = emoji;
    context?.clearRect(columnOf(sprite), rowOf(sprite), cellPx, cellPx);
    context?.fillText(emoji, columnOf(sprite) + cellPx / 2, rowOf(sprite) + cellPx / 2 + 3, cellPx - 4);
  }

  return {
    sheet,
    prepare(sprites) {
      for (let sprite = 0; sprite < sprites.length; sprite++) {
        const emoji = sprites[sprite] ?? "";
        if (painted[sprite] !== emoji) paint(sprite, emoji);
      }
    },
  };
}

function columnOf(sprite: number): number {
  return (sprite % cellsInRow) * cellPx;
}

function rowOf(sprite: number): number {
  return Math.floor(sprite / cellsInRow) * cellPx;
}

function plainCanvas(width: number, height: number): Canvas {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function contextOf(canvas: Canvas): Context | null {
  return "transferControlToOffscreen" in canvas ? canvas.getContext("2d") : canvas.getContext("2d");
}
