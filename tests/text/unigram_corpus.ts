/** Texts that a small vocabulary is learned from, with how often they count. */
export const corpus: readonly [string, number][] = [
  ["an oil painting of a rocket ship", 12],
  ["an oil painting of a snowy mountain village", 9],
  ["a lithograph of a skull", 7],
  ["a lithograph of waterfalls", 6],
  ["a photo of a dog", 8],
  ["a photo of an old man, wise", 3],
  ["people around a campfire", 5],
  ["the milky way", 2],
  ["a high quality photo", 4],
  ["  a jack-o-lantern\t", 1],
];

/** The characters that the vocabulary has beside those of the texts. */
export const characters = "!?.0123456789bxzj";
