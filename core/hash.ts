/** FNV-1a, 32 bits, over UTF-16 units (Fowler, Noll and Vo; draft-eastlake-fnv). Even enough to deal things out, and no secret. */
export function fnv1a(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01_00_01_93);
  return hash >>> 0;
}
