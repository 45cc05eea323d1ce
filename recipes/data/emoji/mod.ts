/** Pictures of things in eight styles, with captions: vector emojis from packages that npm serves. */
export { captionOf } from "./captions.ts";
export { emojiFolder, type EmojiSet, EmojiSetError, loadEmoji, type LoadEmojiOptions } from "./load.ts";
export { emojiTokenizer } from "./tokenizer.ts";
export { type EmojiEntry, type EmojiName, emojiSizes, type EmojiStyle } from "./set.ts";
