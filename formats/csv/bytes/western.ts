/** Whether most characters beyond ASCII are whole ones of UTF-8, so that a byte that is none of it is a fault of the file. */
export function isMostlyUtf8(bytes: Buffer): boolean {
  const text = bytes.toString("utf8");
  const wrong = text.match(/\ufffd/g)?.length ?? 0;
  const right = text.match(/[^\0-\x7f\ufffd]/gu)?.length ?? 0;
  return right > 2 * wrong;
}

/**
 * Whether text that was read as Windows-1252 may be of a Western language. Bytes of another code page give letters as well,
 * and nobody would see that they are the wrong ones.
 */
export function isWestern(text: string): boolean {
  const high = text.match(/[\x80-\uffff]/g)?.length ?? 0;
  if (high === 0) return true;
  const share = (pattern: RegExp) => (text.match(pattern) ?? []).reduce((sum, found) => sum + found.length, 0) / high;
  const has = (pattern: RegExp) => pattern.test(text);
  // Greek, Cyrillic, Hebrew, Chinese and Korean have whole words of such letters.
  if (share(/(?!(.)\1{3})[\x80-\uffff]{4,}/gu) > 0.4) return false;
  // Signs and capitals in the middle of a word: Polish, Romanian, DOS and the old Macintosh.
  if (share(/\p{Ll}[ŠŽŸ]|\p{L}[ŠŽŸ]\p{Ll}|\p{Ll}[¹³¼¾¿£¥§¤¢¡¶ºª„”‚ƒ‡ˆ‰†]\p{Ll}/gu) > 0.1) return false;
  // Polish and Czech letters at the ends of words, where a Western text has an inverted mark or an exponent.
  if (share(/(?<!\p{L})[¹³¼¾¶]\p{L}|\p{Ll}[¼¾¿¶](?!\p{L})/gu) > 0.1) return false;
  // Japanese has two bytes a character, and the first are quotes and dashes here, one directly behind the other.
  if (
    share(/[‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ][@-\uffff](?=[‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ])|[‚ƒ†‡ˆ‰Š‹ŒŽšœžŸ][\x80-\uffff]/gu) >
    0.5
  )
    return false;
  // UTF-8 that was read as Windows-1252.
  if (has(/[ÂÃ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/)) return false;
  // Czech, Turkish and Hungarian letters lie where Danish, Icelandic and Portuguese have theirs.
  if (has(/[øØ]/) && has(/[ìùáíýšž]/i) && !has(/[æåð]/i)) return false;
  if (has(/[ðþÝ]/i) && !has(/[áéíóúæ]/i)) return false;
  return !(has(/[õû]/i) && has(/[öü]/i) && has(/[áóí]/i) && !has(/[ãñ]/i));
}
