/**
 * Letters that are taken for a Latin one at a glance, kept by hand after Unicode TR 39 and what impostors use. Case
 * is folded first: where a capital and its small letter look like different Latin letters (Greek Η η, Ν ν, Μ μ, Υ υ),
 * the capital decides, because it is identical.
 */
const lookAlikes: Readonly<Record<string, string>> = {
  a: "4АΑΛΔⲀꓮᎪɑᴀɐʌ∆∧",
  b: "8ВБЬΒⲂꓐᏴƀɓʙ",
  c: "СⲤꓚᏟᴄƈȼ",
  d: "ԀꓒᎠđɖɗðᴅ",
  e: "3ЕЄЗΕⲈꓰᎬɛəǝɜᴇ℮",
  f: "ҒϜꓝƒꜰꞙ",
  g: "9ԌꓖᏀɡɠǥɢց",
  h: "НҺЋΗⲎꓧᎻհħɦʜ",
  j: "ЈϳՅꓙᎫɉʝȷᴊ",
  k: "КҚҜҞҠΚⲔꓗᏦƙĸᴋ",
  l: "1iІӀΙⲒꓲᎥꙆıɩɪɨǀ∣ꓡᏞłƚɫʟլ",
  m: "МΜⲘꓟᎷɱᴍ",
  n: "ПΝⲚꓠոռŋɲƞɴ",
  o: "0ОѲѺӨΟΘΣςⲞꓳօøɵᴏס०০๐໐೦౦ဝჿ〇",
  p: "РΡϷⲢꓑᏢþƥᴘ",
  q: "Ԛգզɋʠ",
  r: "ГҐⲄꓣᎡᏒɾɽʀᴦ",
  s: "5ЅꓢᏚᏕʂꜱ§",
  t: "7ТΤⲦꓔᎢŧƭʈᴛ",
  u: "ՍꓴʉʊᴜՄ∪",
  v: "ѴꓦᏙʋᴠⱱ√∨",
  w: "ԜѠШЩΩⲰꓪᎳաɯʍᴡ",
  x: "ХҲӼΧⲬꓫ×",
  y: "УҮҰΥΓⲨꓬᎩƴɣʏ",
  z: "2ΖⲌꓜᏃƶʐᴢ",
  ae: "æ",
  oe: "œ",
  ss: "ß",
};
const letterOf: ReadonlyMap<string, string> = new Map(
  Object.entries(lookAlikes).flatMap(([to, from]) =>
    Array.from(from.toLowerCase(), (char) => [char, to] as const),
  ),
);

/** The small Greek letters of the four pairs above, as they look in the midst of Latin ones. */
const greekAmongLatin: ReadonlyMap<string, string> = new Map([
  ["ν", "v"],
  ["η", "n"],
  ["υ", "u"],
  ["μ", "u"],
]);
const latin = /\p{Script=Latin}/u;

/** Signs that stand for a letter inside a word, and are decoration around it: "ad@m", but "@Ada", "|Ada|", "Ada!". */
const signs: ReadonlyMap<string, string> = new Map([
  ["@", "a"],
  ["€", "e"],
  ["$", "s"],
  ["¢", "c"],
  ["£", "l"],
  ["!", "l"],
  ["|", "l"],
  ["¥", "y"],
]);
const signInWord = /(?<=[\p{L}\p{N}])[@€$¢£!|¥](?=[\p{L}\p{N}])|^[€$!|](?=\p{Ll})/gu;

/** NFKD would make letters of trade marks, and of the lunate sigma, which looks like c, one that does not. */
const trademark = /[\u2120\u2122]/g;
const lunateSigma = /[\u03f2\u03f9]/g;
/** Marks that sit on letters of any script; the vowel signs of a script and Japanese voicing make another letter. */
const accent = /[[\p{M}&&\p{Script=Inherited}]--[\u3099\u309a]]/gv;
const invisible = /[\p{Default_Ignorable_Code_Point}\p{C}\u2800]/gu;
const notOfAWord = /[^\p{L}\p{N}\p{M}]/gu;

/**
 * What a name looks like: two names with one skeleton are taken for each other. Folds case, accents, width and
 * lettering style, look-alikes of other scripts, digits for letters, "rn" and "vv", and drops what is not of a word.
 * Only to be compared, never shown. The skeleton of a skeleton is itself.
 */
export function skeletonOf(name: string): string {
  const plain = name.replace(trademark, "").replace(lunateSigma, "c").normalize("NFKD");
  const bare = plain.replace(accent, "").replace(invisible, "");
  const styled = latin.test(bare) ? substitute(bare, greekAmongLatin) : bare;
  const spelled = styled.replace(signInWord, (sign) => signs.get(sign) ?? sign).toLowerCase();
  const word = substitute(enclosedLetters(spelled), letterOf).replace(notOfAWord, "");
  const skeleton = word.replaceAll("rn", "m").replaceAll("vv", "w");
  return skeleton === "" ? spelled : skeleton;
}

function substitute(text: string, table: ReadonlyMap<string, string>): string {
  let out = "";
  for (const char of text) out += table.get(char) ?? char;
  return out;
}

/** White letters on discs and squares (🅐, 🅰), which NFKD leaves alone. Flags stay: they decorate. */
function enclosedLetters(text: string): string {
  return text.replace(/[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return String.fromCharCode(0x61 + code - (code < 0x1f170 ? 0x1f150 : 0x1f170));
  });
}
