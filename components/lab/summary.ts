/** Parameters in a line, to tell results apart. */
import type { Field } from "../../report/mod.ts";
import type { Json } from "../../report/section.ts";
import type { Parameters } from "../../server/wire.ts";
import { wordOf } from "./labels.ts";
import { titleOfImage } from "../../report/report_images.ts";
import { isUpload, uploadName } from "./upload_names.ts";

/** Describes a parameter; undefined for nothing. */
type Words = (value: Json, parameters: Parameters) => string | undefined;

const quoted = (value: Json) => value === "" ? "no prompt" : `“${value}”`;
const listed = (value: Json, word: (item: Json) => string = String) =>
  Array.isArray(value) ? value.map(word).join(", ") : undefined;
const inGroups = (value: Json, word: (group: Readonly<Record<string, Json>>) => string) =>
  listed(value, (item) => word(item as Readonly<Record<string, Json>>));
const picture = (value: Json) => isUpload(value) ? uploadName(String(value)) : titleOfImage(String(value));

/** Parameters that distinguish results, in display order. */
const words: Readonly<Record<string, Words>> = {
  prompt: quoted,
  prompts: (value) => listed(value, quoted),
  other: quoted,
  upright: quoted,
  turned: quoted,
  scaled: quoted,
  several: (value) => listed(value, quoted),
  bands: (value) => listed(value, quoted),
  colour: (value) => listed(value, quoted),
  motion: (value) => listed(value, quoted),
  pairs: (value) => inGroups(value, (pair) => Object.values(pair).map(quoted).join(" / ")),
  parts: (value) =>
    inGroups(value, ({ prompt, ...others }) => [quoted(prompt), ...Object.values(others)].join(" ")),
  edits: (value) => inGroups(value, ({ image, prompt }) => `${picture(image)} to ${quoted(prompt)}`),
  image: picture,
  images: (value) => listed(value, picture),
  scenes: (value) => inGroups(value, ({ image }) => picture(image)),
  samplers: (value) => listed(value, (item) => wordOf(String(item))),
  view: (value) => wordOf(String(value)),
  evaluations: (value) => `${listed(value)} evaluations`,
  stepCounts: (value) => `${listed(value)} steps`,
  steps: (value) => `${value} steps`,
  starts: (value) => `from steps ${listed(value)}`,
  start: (value) => `from step ${value}`,
  t: (value) => `t = ${value}`,
  timesteps: (value) => listed(value, (t) => `t = ${t}`),
  scales: (value) => `guidance ${listed(value)}`,
  guidance: (value) => `guidance ${value}`,
  sampler: (value) => wordOf(String(value)),
  seed: (value) => `seed ${value}`,
  trainSteps: (value, { from }) => from === "none" ? undefined : `trained for ${value} steps`,
};

/** Descriptions of parameters that are "none". */
const omitted: Readonly<Record<string, string>> = { from: "not trained", upscale: "not upscaled" };

/** Describes one parameter of a form, with the field's label if the value is not self-explanatory. */
export function settingText({ name, label }: Pick<Field, "name" | "label">, value: Json): string {
  const said = words[name]?.(value, {});
  if (said !== undefined) return said;
  if (value === "none" && omitted[name]) return omitted[name];
  const plain = typeof value === "object" ? JSON.stringify(value) : wordOf(String(value));
  return `${(label ?? name).toLowerCase()} ${plain}`;
}

/** The parameters that name a result's subject, which is its title. */
const SUBJECTS = [
  ...["prompt", "prompts", "other", "upright", "turned", "scaled", "pairs", "parts", "edits"],
  ...["image", "images", "scenes", "several", "bands", "colour", "motion"],
];

/** Whether a parameter names a result's subject. */
export const isSubject = (name: string): boolean => SUBJECTS.includes(name);

/** A result's subject; empty if no parameter names it. */
export function subjectOf(parameters: Parameters): string {
  return summaryOf(Object.fromEntries(Object.entries(parameters).filter(([name]) => isSubject(name))));
}

/** What distinguishes a result from others of its section. */
export function summaryOf(parameters: Parameters): string {
  return Object.entries(words).flatMap(([name, words]) => {
    const value = parameters[name];
    return value === undefined ? [] : words(value, parameters) ?? [];
  }).join(", ");
}
