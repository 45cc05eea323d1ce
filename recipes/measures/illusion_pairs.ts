/** The anagrams and hybrids that are drawn at each evaluation: fixed beforehand, the report's own three first. */

/** Two prompts. */
export type PromptPair = readonly [first: string, second: string];

/** Pairs of things in one style. */
function inOneStyle(style: string, ...things: readonly PromptPair[]): PromptPair[] {
  return things.map(([first, second]) => [`${style} ${first}`, `${style} ${second}`]);
}

/** What is seen upright, and what upside down. */
export const anagramPairs: readonly PromptPair[] = [
  ["an oil painting of an old man", "an oil painting of people around a campfire"],
  ["a photo of a man", "a lithograph of waterfalls"],
  ["an oil painting of a snowy mountain village", "a lithograph of a skull"],
  ...inOneStyle(
    "an oil painting of",
    ["a hamburger", "a frog"],
    ["a man", "a lion"],
    ["a cat", "a house"],
    ["an old man", "a tree"],
    ["a penguin", "a rocket ship"],
    ["a snowman", "an ice cream"],
    ["a volcano", "a ghost"],
    ["a fox", "a heart"],
    ["a woman", "a pumpkin"],
    ["a mushroom", "a light bulb"],
    ["a crown", "a carrot"],
    ["a sailboat", "an umbrella"],
    ["a castle", "a train"],
    ["the sun", "a sunflower"],
    ["a whale", "a cloud"],
    ["a robot", "a tower"],
  ),
  ...inOneStyle(
    "a photo of",
    ["an apple", "a heart"],
    ["a dog", "a car"],
    ["a panda", "a soccer ball"],
    ["a doughnut", "a soccer ball"],
    ["a pig", "a birthday cake"],
    ["a bell", "a latte"],
    ["a balloon", "a strawberry"],
    ["a cactus", "a key"],
    ["a snowy mountain", "a book"],
    ["an alien", "a pumpkin"],
    ["a rose", "a ladybug"],
    ["a hat", "a latte"],
  ),
  ...inOneStyle(
    "a lithograph of",
    ["a skull", "a light bulb"],
    ["a castle", "a crown"],
    ["a tree", "a mushroom"],
    ["a ghost", "a bell"],
    ["a house", "a book"],
    ["a cat", "a butterfly"],
    ["a star", "a snowflake"],
    ["a fish", "a guitar"],
    ["a pine tree", "a carrot"],
  ),
];

/** What is seen from afar, and what from near. */
export const hybridPairs: readonly PromptPair[] = [
  ["a lithograph of a skull", "a lithograph of waterfalls"],
  ["a photo of an easter island moai", "a photo of a forest"],
  ["a photo of a dog", "a photo of a starry sky"],
  ...inOneStyle(
    "an oil painting of",
    ["a man", "a hamburger"],
    ["a cat", "a crown"],
    ["a fox", "a heart"],
    ["an old man", "a snowy mountain"],
    ["a house", "a forest"],
    ["a castle", "a starry sky"],
    ["a woman", "a rose"],
    ["a lion", "a sunflower"],
    ["a skull", "a mushroom"],
    ["a rocket ship", "a snowy mountain village"],
    ["a penguin", "a snowman"],
    ["the sun", "a latte"],
    ["a volcano", "people around a campfire"],
    ["a whale", "a sailboat"],
    ["a pumpkin", "a hat"],
  ),
  ...inOneStyle(
    "a photo of",
    ["a panda", "a soccer ball"],
    ["an apple", "a ladybug"],
    ["a heart", "a strawberry"],
    ["a pig", "a doughnut"],
    ["a frog", "a cactus"],
    ["a tree", "waterfalls"],
    ["an alien", "a light bulb"],
    ["a ghost", "a cloud"],
    ["a bell", "a gift"],
    ["a balloon", "a rainbow"],
    ["a car", "a bus"],
    ["a robot", "a train"],
  ),
  ...inOneStyle(
    "a lithograph of",
    ["a cat", "a forest"],
    ["a dog", "a house"],
    ["a castle", "waterfalls"],
    ["a star", "a snowflake"],
    ["a man", "a tree"],
    ["a fish", "a wave"],
    ["a crown", "a birthday cake"],
    ["a crescent moon", "a banana"],
    ["a butterfly", "a rose"],
    ["an umbrella", "a mushroom"],
  ),
];
