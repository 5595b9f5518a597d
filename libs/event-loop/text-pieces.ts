/** A text in pieces of some `length` characters, each of which is valid Unicode when the text is. */
export function* textPieces(text: string, length: number): Generator<string, void> {
  for (let begin = 0, end; begin < text.length; begin = end) {
    end = begin + length;
    // The halves of a surrogate pair stay together.
    if (isHighSurrogate(text.charCodeAt(end - 1))) end += 1;
    yield text.slice(begin, end);
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
