/** What the pictures show: names, the phrases that captions use for them, and how each picture is put together. */
import { ArgumentError } from "../../../lib/errors.ts";
import { moreNames } from "./more_names.ts";

/** An icon and its place in the square, as shares of the side. */
export interface Layer {
  /** The icon's name, as most of the sets call it. */
  readonly icon: string;
  /** The left edge. */
  readonly x: number;
  /** The top edge. */
  readonly y: number;
  /** The width. */
  readonly width: number;
  /** The height. */
  readonly height: number;
}

/** Something that pictures show. */
export interface Name {
  /** What it is called: the usual phrase without its article. */
  readonly name: string;
  /** What captions call any picture of it, with articles; the first is the usual phrase. */
  readonly phrases: readonly string[];
  /** What they call those emojis of it too that are its usual icon in the usual colours. */
  readonly looks: readonly string[];
  /** The icons, from the back to the front. One that fills the square is the icon as it is. */
  readonly layers: readonly Layer[];
  /** Other icons that show it, as most of the sets call them. */
  readonly others: readonly string[];
}

/** Phrases that tell colours or parts, which not every icon of a thing has. */
const LOOKS =
  /^(an?|the) (red|green|yellow|golden|blue|young|open|electric|erupting|slice|steam|tropical|puppy|kitten|snow-capped|jack-o|toadstool|face of|tokyo|eiffel)|in a cone$/;

/** Names that fill their square, or are no one thing: they are not put together with others. */
const SCENIC = new Set([
  "a snowy mountain village",
  "people around a campfire",
  "waterfalls",
  "a starry sky",
  "a forest",
  "a rainbow",
  "a wave",
]);

/** Whether a name is a whole scene rather than a thing. */
export function isScenic({ phrases }: Pick<Name, "phrases">): boolean {
  return SCENIC.has(phrases[0]);
}

/** Other emojis that show a name, with spaces between them. */
const otherIcons: Readonly<Record<string, string>> = {
  "airplane": "small-airplane",
  "apple": "green-apple",
  "bear": "polar-bear",
  "book": "closed-book blue-book green-book orange-book",
  "bus": "oncoming-bus trolleybus",
  "camel": "two-hump-camel",
  "car": "oncoming-automobile sport-utility-vehicle",
  "castle": "japanese-castle",
  "cat": "cat black-cat",
  "chick": "front-facing-baby-chick hatching-chick",
  "cow": "cow",
  "dog": "dog poodle guide-dog",
  "dragon": "dragon",
  "earth": "globe-showing-americas globe-showing-asia-australia",
  "fish": "fish",
  "full moon": "full-moon-face",
  "glasses": "sunglasses",
  "horse": "horse",
  "house": "house-with-garden",
  "ice cream": "ice-cream",
  "key": "old-key",
  "monkey": "monkey",
  "mouse": "mouse",
  "pig": "pig",
  "rabbit": "rabbit",
  "skull": "skull-and-crossbones",
  "snowman": "snowman-without-snow",
  "snowy mountain": "mount-fuji",
  "star": "glowing-star",
  "sun": "sun-with-face",
  "tiger": "tiger",
  "train": "high-speed-train metro",
  "umbrella": "umbrella-with-rain-drops",
  "whale": "whale",
};

const layer = (icon: string, x = 0, y = 0, width = 1, height = width): Layer => ({
  icon,
  x,
  y,
  width,
  height,
});

/** A name from its icon, or icons, and its phrases. */
function name(icons: string | readonly Layer[], ...phrases: readonly string[]): Name {
  const layers = typeof icons === "string" ? [layer(icons)] : icons;
  const name = withoutArticle(phrases[0]);
  const [usual, ...others] = phrases;
  return {
    name,
    phrases: [usual, ...others.filter((phrase) => !LOOKS.test(phrase))],
    looks: others.filter((phrase) => LOOKS.test(phrase)),
    layers,
    others: otherIcons[name]?.split(" ") ?? [],
  };
}

/** A phrase without the article that it begins with. */
export function withoutArticle(phrase: string): string {
  return phrase.replace(/^(an?|the) /, "");
}

/**
 * Names that a person recognises at 32 x 32 pixels, each unlike the others. First those that the prompts of a report on
 * diffusion ask for, so that a shorter list still has them.
 *
 * No set has a village in the snow, people around a campfire, a man in a hat, a forest or waterfalls: these are put together
 * from several icons of the same set.
 */
const reportNames: readonly Name[] = [
  name("rocket", "a rocket ship", "a rocket", "a spaceship"),
  name("skull", "a skull", "a human skull"),
  name("dog-face", "a dog", "a puppy", "the face of a dog"),
  name("cat-face", "a cat", "a kitten", "the face of a cat"),
  name("moai", "an easter island moai", "a moai", "an easter island statue", "a stone head"),
  name("hot-beverage", "a latte", "a coffee", "a cup of coffee", "a hot beverage", "a cappuccino"),
  name("tokyo-tower", "a tower", "the tokyo tower", "the eiffel tower"),
  name("snow-capped-mountain", "a snowy mountain", "a mountain", "a snow-capped mountain", "mountains"),
  name(
    [
      layer("snow-capped-mountain", 0, -0.05, 1, 1),
      layer("house", -0.02, 0.6, 0.4),
      layer("house", 0.62, 0.6, 0.4),
      layer("house", 0.3, 0.6, 0.4),
    ],
    "a snowy mountain village",
    "a village in the mountains",
    "a mountain village",
    "a village",
  ),
  name("old-man", "an old man", "a grandfather", "an elderly man"),
  name(
    [layer("man", 0.12, 0.25, 0.75), layer("top-hat", 0.2, -0.08, 0.6, 0.56)],
    "a man wearing a hat",
    "a man in a hat",
    "a man with a hat",
    "a gentleman wearing a top hat",
  ),
  name(
    [
      layer("fire", 0.27, 0.05, 0.46, 0.6),
      layer("man", 0, 0.36, 0.34),
      layer("woman", 0.66, 0.36, 0.34),
      layer("woman", 0.17, 0.64, 0.34),
      layer("man", 0.49, 0.64, 0.34),
    ],
    "people around a campfire",
    "a campfire",
    "people by the fire",
    "friends around a campfire",
  ),
  name(
    [
      layer("mountain", -0.25, 0, 0.7, 1.05),
      layer("mountain", 0.55, 0, 0.7, 1.05),
      layer("droplet", 0.26, 0, 0.22, 0.85),
      layer("droplet", 0.52, 0, 0.22, 0.85),
      layer("droplet", 0.39, 0, 0.22, 0.92),
    ],
    "waterfalls",
    "a waterfall",
    "a waterfall in the mountains",
  ),
  name("milky-way", "a starry sky", "the starry sky", "the milky way", "a night sky", "stars at night"),
  name(
    [
      layer("evergreen-tree", -0.02, 0.02, 0.5),
      layer("evergreen-tree", 0.52, 0.02, 0.5),
      layer("deciduous-tree", 0.25, 0, 0.5),
      layer("evergreen-tree", 0.25, 0.42, 0.55),
      layer("deciduous-tree", -0.08, 0.42, 0.5),
      layer("deciduous-tree", 0.6, 0.42, 0.5),
    ],
    "a forest",
    "the woods",
    "trees in a forest",
    "a dense forest",
  ),
  name("pencil", "a pencil", "a yellow pencil"),
  name("fire", "a fire", "flames", "a flame"),
  name("house", "a house", "a home"),
  name("castle", "a castle", "a fortress"),
  name("man", "a man", "a young man", "the face of a man"),
  name("woman", "a woman", "a young woman", "the face of a woman"),
  name("top-hat", "a hat", "a top hat"),
  name("camping", "a tent", "camping", "a camp"),
  name("deciduous-tree", "a tree", "an oak", "a green tree"),
  name("evergreen-tree", "a pine tree", "a fir tree", "an evergreen tree"),
  name("palm-tree", "a palm tree", "a palm"),
  name("cactus", "a cactus", "a desert plant"),
  name("water-wave", "a wave", "an ocean wave", "the sea"),
  name("volcano", "a volcano", "an erupting volcano"),
  name("star", "a star", "a golden star"),
  name("sun", "the sun", "a sun", "sunshine"),
  name("crescent-moon", "a crescent moon", "the moon", "a moon"),
  name("rainbow", "a rainbow"),
  name("cloud", "a cloud"),
  name("snowman", "a snowman"),
  name("snowflake", "a snowflake"),
  name("red-apple", "an apple", "a red apple"),
  name("banana", "a banana"),
  name("watermelon", "a watermelon", "a slice of watermelon"),
  name("strawberry", "a strawberry"),
  name("carrot", "a carrot"),
  name("mushroom", "a mushroom", "a toadstool"),
  name("jack-o-lantern", "a pumpkin", "a jack-o-lantern"),
  name("hamburger", "a hamburger", "a burger"),
  name("birthday-cake", "a birthday cake", "a cake"),
  name("soft-ice-cream", "an ice cream", "ice cream in a cone"),
  name("doughnut", "a doughnut", "a donut"),
  name("rose", "a rose", "a red rose"),
  name("sunflower", "a sunflower"),
  name("automobile", "a car", "a red car", "an automobile"),
  name("bus", "a bus"),
  name("sailboat", "a sailboat", "a boat", "a sailing ship"),
  name("airplane", "an airplane", "a plane", "an aeroplane"),
  name("locomotive", "a train", "a steam locomotive", "a steam train"),
  name("umbrella", "an umbrella"),
  name("key", "a key"),
  name("open-book", "a book", "an open book"),
  name("light-bulb", "a light bulb", "a lamp"),
  name("bell", "a bell", "a golden bell"),
  name("red-heart", "a heart", "a red heart"),
  name("balloon", "a balloon", "a red balloon"),
  name("soccer-ball", "a soccer ball", "a football", "a ball"),
  name("wrapped-gift", "a gift", "a present", "a wrapped gift"),
  name("crown", "a crown", "a golden crown"),
  name("guitar", "a guitar", "an electric guitar"),
  name("robot", "a robot", "the face of a robot"),
  name("alien", "an alien", "an extraterrestrial"),
  name("ghost", "a ghost"),
  name("panda", "a panda", "a panda bear"),
  name("fox", "a fox", "the face of a fox"),
  name("lion", "a lion", "the face of a lion"),
  name("pig-face", "a pig", "a piglet"),
  name("frog", "a frog", "a green frog"),
  name("penguin", "a penguin"),
  name("tropical-fish", "a fish", "a tropical fish"),
  name("spouting-whale", "a whale", "a blue whale"),
  name("butterfly", "a butterfly"),
  name("lady-beetle", "a ladybug", "a beetle", "a ladybird"),
];

/** All names, those first that are recognised best. */
const allNames: readonly Name[] = [
  ...reportNames,
  ...moreNames.map(([icon, ...phrases]) => name(icon, ...phrases)),
];

/** How many names the lists have; each has all of the shorter ones. */
export const listLengths = [78, 150, 300] as const;

/** The length of a list. */
export type ListLength = typeof listLengths[number];

/** The list of so many names. */
export function namesOfList(length: ListLength): readonly Name[] {
  return allNames.slice(0, length);
}

/** The names that networks learn unless others are asked for. */
export const names: readonly Name[] = namesOfList(78);

/**
 * Names that a user asks for: the length of a list, or names themselves.
 *
 * @throws {ArgumentError} if there is no such name.
 */
export function chooseNames(wanted: readonly string[]): readonly Name[] {
  const length = listLengths.find((length) => wanted.length === 1 && wanted[0] === String(length));
  if (length) return namesOfList(length);
  return wanted.map((one) => {
    const found = allNames.find(({ name }) => name === one);
    if (found) return found;
    throw new ArgumentError("names", one, `${listLengths.join(", ")} or one of the ${allNames.length} names`);
  });
}

/** What fxemoji calls an icon where that is not the usual name, and no other icon has it. */
export const fxemojiNames: Readonly<Record<string, string>> = {
  "castle": "europeancastle",
  "cat-face": "cat",
  "dog-face": "dog",
  "evergreen-tree": "evergreen",
  "fox": "foxsmiling",
  "house": "housebuilding",
  "locomotive": "steamlocomotive",
  "moai": "moyai",
  "mount-fuji": "mountfuji",
  "panda": "pandaface",
  "pencil": "lowerleftpencil",
  "pizza": "sliceofpizza",
  "snow-capped-mountain": "snowmountains",
  "snowman": "snowmanwithoutsnow",
  "spouting-whale": "spurtingwhale",
  "sun": "whitesun",
  "tokyo-tower": "toykotower",
  "umbrella": "umbrellawithraindrops",
  "wrapped-gift": "present",
};
