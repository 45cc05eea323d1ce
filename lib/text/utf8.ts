/**
 * Text as bytes: SentencePiece works on UTF-8.
 *
 * @module
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** A text's bytes; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of bytes; those that are no UTF-8 become U+FFFD. A byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The text of bytes; undefined if they are no UTF-8. */
export function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** How many bytes a character has by its first one; 1 for a byte that begins none. */
export function characterLength(firstByte: number): number {
  return firstByte < 0xc0 ? 1 : firstByte < 0xe0 ? 2 : firstByte < 0xf0 ? 3 : 4;
}

/** The text of bytes in which each byte that is part of no whole character becomes a U+FFFD of its own. */
export function decodeBytewise(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length;) {
    const length = characterLength(bytes[i]);
    const character = decodeStrictly(bytes.subarray(i, i + length));
    text += character ?? "\ufffd";
    i += character === undefined ? 1 : length;
  }
  return text;
}
