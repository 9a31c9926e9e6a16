import { type Bits, bitsOf } from "./bits.ts";
import { damaged, FormatError } from "./box-fields.ts";

export type Sps = {
  readonly id: number;
  readonly profile: number;
  /** The byte of constraint flags between profile and level. */
  readonly constraints: number;
  readonly level: number;
  /** 0 is monochrome, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** Of the picture that is shown, after cropping. */
  readonly width: number;
  readonly height: number;
};

/** Profiles whose SPS says the chroma format (ITU-T H.264, 7.3.2.1.1). */
const withChroma = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Beyond level 6.2 (ITU-T H.264, table A-1): sqrt(139,264 * 8) macroblocks in a row or column. */
const macroblocksMax = 1_056;

/**
 * Reads a sequence parameter set with its NAL header, as far as the size of the picture (ITU-T H.264, 7.3.2.1.1).
 * @throws FormatError when it is none.
 */
export function parseSps(nal: Uint8Array): Sps {
  const bits = bitsOf(payloadOf(nal));
  if ((bits.read(8) & 0x1f) !== 7) throw new FormatError(damaged);
  const profile = bits.read(8);
  const constraints = bits.read(8);
  const level = bits.read(8);
  const id = bits.ue();
  const chroma = withChroma.has(profile)
    ? readChroma(bits)
    : { format: 1, planes: false, luma: 8, chroma: 8 };
  bits.ue(); // log2_max_frame_num_minus4
  skipOrderCount(bits);
  bits.ue(); // max_num_ref_frames
  bits.read(1); // gaps_in_frame_num_value_allowed_flag
  const { width, height } = readSize(bits, chroma.planes ? 0 : chroma.format);
  return {
    id,
    profile,
    constraints,
    level,
    chromaFormat: chroma.format,
    bitDepthLuma: chroma.luma,
    bitDepthChroma: chroma.chroma,
    width,
    height,
  };
}

/** Without the bytes that keep start codes out of it (ITU-T H.264, 7.4.1.1). */
export function payloadOf(nal: Uint8Array): Uint8Array {
  const payload = new Uint8Array(nal.byteLength);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    const emulation = zeros >= 2 && byte === 3;
    zeros = byte === 0 ? zeros + 1 : 0;
    if (!emulation) payload[length++] = byte;
  }
  return payload.subarray(0, length);
}

type Chroma = {
  readonly format: number;
  readonly planes: boolean;
  readonly luma: number;
  readonly chroma: number;
};

function readChroma(bits: Bits): Chroma {
  const format = bits.ue();
  if (format > 3) throw new FormatError(damaged);
  const planes = format === 3 && bits.flag();
  const luma = 8 + bits.ue();
  const chroma = 8 + bits.ue();
  if (luma > 14 || chroma > 14) throw new FormatError(damaged);
  bits.read(1); // qpprime_y_zero_transform_bypass_flag
  if (bits.flag()) {
    for (let n = 0; n < (format === 3 ? 12 : 8); n++) {
      if (bits.flag()) skipScalingList(bits, n < 6 ? 16 : 64);
    }
  }
  return { format, planes, luma, chroma };
}

/** ITU-T H.264, 7.3.2.1.1.1: a list ends early when the next scale is 0. */
function skipScalingList(bits: Bits, size: number): void {
  let last = 8;
  for (let n = 0; n < size; n++) {
    const next = (last + bits.se() + 256) % 256;
    if (next === 0) return;
    last = next;
  }
}

function skipOrderCount(bits: Bits): void {
  const type = bits.ue();
  if (type === 0) {
    bits.ue();
  } else if (type === 1) {
    bits.read(1);
    bits.se();
    bits.se();
    const cycle = bits.ue();
    if (cycle > 255) throw new FormatError(damaged);
    for (let n = 0; n < cycle; n++) bits.se();
  }
}

function readSize(bits: Bits, chromaArray: number): { readonly width: number; readonly height: number } {
  const columns = bits.ue() + 1;
  const mapRows = bits.ue() + 1;
  const fields = bits.flag() ? 1 : 2;
  if (fields === 2) bits.read(1); // mb_adaptive_frame_field_flag
  const rows = mapRows * fields;
  if (columns > macroblocksMax || rows > macroblocksMax) throw new FormatError(damaged);
  bits.read(1); // direct_8x8_inference_flag
  let width = columns * 16;
  let height = rows * 16;
  if (bits.flag()) {
    // Cropping counts samples of chroma, and of a field where there are fields (equations 7-19 to 7-22).
    const unitX = chromaArray === 1 || chromaArray === 2 ? 2 : 1;
    const unitY = (chromaArray === 1 ? 2 : 1) * fields;
    width -= (bits.ue() + bits.ue()) * unitX;
    height -= (bits.ue() + bits.ue()) * unitY;
  }
  if (width <= 0 || height <= 0) throw new FormatError(damaged);
  return { width, height };
}
