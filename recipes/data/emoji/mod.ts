/** Pictures of things in many styles, with captions: vector icons from packages that npm serves. */
export { emojiFolder, type EmojiSet, EmojiSetError, loadEmoji, type LoadEmojiOptions } from "./load.ts";
export { type EmojiEntry, type EmojiName, emojiSizes, type EmojiStyle } from "./set.ts";
export { openCatalog } from "./catalog.ts";
export { Scenes } from "./scenes.ts";
export { emojiTokenizer } from "./tokenizer.ts";
