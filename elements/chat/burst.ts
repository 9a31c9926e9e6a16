/** Numbers from 0 up to but not including 1, as `Math.random` gives them. */
export type Chance = () => number;

/**
 * The particles of floating reactions. Where one stands follows from its age alone, so that a slow screen shows the same
 * flight with fewer pictures. The first of them is always the one that was spawned first.
 */
export type Burst = {
  readonly count: number;
  /** What a particle's `sprite` stands for. A place in this list is given to another emoji when there are too many. */
  readonly sprites: readonly string[];
  spawn(emoji: string, count: number): void;
  /** Time goes on; who has lived long enough is gone. */
  step(ms: number): void;
  clear(): void;
  spriteOf(index: number): number;
  /** From 0, the left edge, to 1. */
  xOf(index: number): number;
  /** From 0, the lower edge, to 1. */
  riseOf(index: number): number;
  /** As a share of the largest size that a particle has. */
  sizeOf(index: number): number;
  opacityOf(index: number): number;
};

export const particlesMax = 120;
export const spritesMax = 32;
/** What is spawned together starts within the time until the next tally, one after the other. */
export const staggerMs = 250;
const lifeMs = { least: 1_800, most: 3_000 };
const peak = { least: 0.55, most: 0.95 };
const size = { least: 0.65, most: 1 };
const sway = { least: 0.01, most: 0.04 };
const appearMs = 150;
const fadeMs = 700;
const swaysPerLife = 1.5;

/** @param chance makes the flights; the same numbers make the same flights. */
export function createBurst(chance: Chance): Burst {
  const age = new Float32Array(particlesMax);
  const life = new Float32Array(particlesMax);
  const x = new Float32Array(particlesMax);
  const top = new Float32Array(particlesMax);
  const width = new Float32Array(particlesMax);
  const phase = new Float32Array(particlesMax);
  const scale = new Float32Array(particlesMax);
  const sprite = new Uint8Array(particlesMax);
  const fields = [age, life, x, top, width, phase, scale, sprite];
  const sprites: string[] = [];
  const lastUsed = new Float64Array(spritesMax);
  let uses = 0;
  let count = 0;

  return {
    get count() {
      return count;
    },
    sprites,
    spawn,
    step,
    clear() {
      count = 0;
    },
    spriteOf: (index) => sprite[index] ?? 0,
    xOf: (index) => at(x, index) + at(width, index) * Math.sin(at(phase, index) + turnsOf(index)),
    riseOf: (index) => at(top, index) * easedOut(partOf(index)),
    sizeOf: (index) => at(scale, index) * appeared(index),
    opacityOf: (index) => appeared(index) * Math.min(1, (at(life, index) - at(age, index)) / fadeMs),
  };

  function spawn(emoji: string, wanted: number): void {
    const born = Math.min(particlesMax, Math.max(0, Math.floor(wanted)));
    if (born === 0) return;
    const its = spriteFor(emoji);
    dropOldest(count + born - particlesMax);
    for (let nth = 0; nth < born; nth++) launch(its, (-staggerMs * nth) / born);
  }

  /** An age below zero is the time until it starts. Whole milliseconds add up to the same in many steps and in one. */
  function launch(its: number, startAge: number): void {
    const index = count++;
    age[index] = Math.round(startAge);
    life[index] = between(lifeMs, chance());
    x[index] = 0.08 + 0.84 * chance();
    top[index] = between(peak, chance());
    width[index] = between(sway, chance());
    phase[index] = 2 * Math.PI * chance();
    scale[index] = between(size, chance());
    sprite[index] = its;
  }

  function step(ms: number): void {
    let kept = 0;
    for (let index = 0; index < count; index++) {
      age[index] = at(age, index) + Math.max(0, ms);
      if (at(age, index) < at(life, index)) move(index, kept++);
    }
    count = kept;
  }

  function move(from: number, to: number): void {
    if (from === to) return;
    for (const field of fields) field[to] = field[from] ?? 0;
  }

  function dropOldest(many: number): void {
    if (many <= 0) return;
    for (const field of fields) field.copyWithin(0, many, count);
    count = Math.max(0, count - many);
  }

  function spriteFor(emoji: string): number {
    let its = sprites.indexOf(emoji);
    if (its === -1) its = sprites.length < spritesMax ? sprites.length : takenOver();
    sprites[its] = emoji;
    lastUsed[its] = ++uses;
    return its;
  }

  /** The emoji that was not seen for longest gives its place, and its particles with it. */
  function takenOver(): number {
    let its = 0;
    for (let other = 1; other < spritesMax; other++) if (at(lastUsed, other) < at(lastUsed, its)) its = other;
    let kept = 0;
    for (let index = 0; index < count; index++) if (sprite[index] !== its) move(index, kept++);
    count = kept;
    return its;
  }

  function appeared(index: number): number {
    return Math.min(1, Math.max(0, at(age, index) / appearMs));
  }

  function partOf(index: number): number {
    return Math.min(1, Math.max(0, at(age, index) / at(life, index)));
  }

  function turnsOf(index: number): number {
    return partOf(index) * swaysPerLife * 2 * Math.PI;
  }
}

function at(field: Float32Array | Float64Array, index: number): number {
  return field[index] ?? 0;
}

function between({ least, most }: { least: number; most: number }, part: number): number {
  return least + (most - least) * part;
}

/** Quick at first, slow towards the end. */
function easedOut(part: number): number {
  return 1 - (1 - part) * (1 - part);
}
