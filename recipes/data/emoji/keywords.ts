/** Keywords of names, from the package emojibase-data (Unicode CLDR's, with additions). */
import emojis from "emojibase-data/en/data.json" with { type: "json" };

const slug = (label: string): string => label.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

const byIcon = new Map(emojis.map((emoji) => [slug(emoji.label), emoji]));

/** What Unicode calls the emoji that an icon draws, and its keywords; undefined if there is no such emoji. */
export function describeIcon(icon: string): { label: string; keywords: string[] } | undefined {
  const emoji = byIcon.get(icon);
  if (!emoji) return undefined;
  const keywords = (emoji.tags ?? []).map((tag) => tag.toLowerCase()).filter((tag) =>
    /^[a-z]{3,}$/.test(tag)
  );
  return { label: emoji.label.toLowerCase(), keywords };
}

/** Groups of emojis that are no pictures of things: flags, keycaps, clocks, arrows, skin tones. */
const SYMBOLS = 8, FLAGS = 9, COMPONENTS = 2;

/** The icons that draw things, by what most of the sets call them. */
export function thingIcons(): string[] {
  return emojis
    .filter(({ group, label }) => {
      const drawn = group !== undefined && group !== SYMBOLS && group !== FLAGS && group !== COMPONENTS;
      return drawn && !/o.clock|thirty|keycap|arrow|button/.test(label);
    })
    .map(({ label }) => slug(label));
}

/** What Unicode calls all things, with their keywords. */
export function describeThings(): { label: string; keywords: string[] }[] {
  return thingIcons().map((icon) => describeIcon(icon)!);
}
