/** Ticks of 48 kHz for each configuration of the first byte (RFC 6716, 3.1, table 2). */
const silk = [480, 960, 1_920, 2_880];
const hybrid = [480, 960];
const celt = [120, 240, 480, 960];

/** How long an Opus packet plays, in ticks of 48 kHz (RFC 6716, 3.2); null if it is none. */
export function opusLength(packet: Buffer): number | null {
  const [first, second] = packet;
  if (first === undefined) return null;
  const configuration = first >> 3;
  const frame =
    configuration < 12
      ? silk[configuration % 4]
      : configuration < 16
        ? hybrid[configuration % 2]
        : celt[configuration % 4];
  const code = first & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : second === undefined ? 0 : second & 0x3f;
  const length = (frame ?? 0) * frames;
  return length > 0 && length <= 5_760 ? length : null;
}
