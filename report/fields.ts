/**
 * The fields that sections' parameters are made of: zod schemas that know how they are shown in a form.
 *
 * @module
 */
import { z } from "zod";
import type { SamplerName } from "../lib/diffusion/samplers/mod.ts";
import {
  generationFields,
  type NumberField as NumberOption,
  type OptionField,
} from "../lib/generation/mod.ts";
import type { ModelKind } from "./context.ts";

/** How a field is shown and filled in. */
export type Control =
  | "prompt"
  | "steps"
  | "seed"
  | "guidance"
  | "sampler"
  | "timestep"
  | "index"
  | "image"
  | "mask"
  | "weights"
  | "model"
  | "number"
  | "choice"
  | "flag";

/** A field's metadata, kept in the schema's `meta` by zod. */
export interface FieldMeta {
  /** Its label. */
  readonly label: string;
  /** Its help text, one sentence. */
  readonly help: string;
  /** The kind of control. */
  readonly control: Control;
  /** The increment of a slider. */
  readonly step?: number;
  /** The kind of models to choose from. */
  readonly kind?: ModelKind;
}

/** A label and an explanation. */
type Words = Pick<FieldMeta, "label" | "help">;

/** Bounds, a default, a label and a help text. */
interface NumberField extends Words {
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly control?: Control;
  readonly step?: number;
}

/** A whole number. */
export function whole({ min, max, value, control = "number", step = 1, label, help }: NumberField) {
  const meta: FieldMeta = { label, help, control, step };
  return z.int().min(min).max(max).default(value).meta({ ...meta });
}

/** A number. */
export function decimal({ min, max, value, control = "number", step = 0.1, label, help }: NumberField) {
  const meta: FieldMeta = { label, help, control, step };
  return z.number().min(min).max(max).default(value).meta({ ...meta });
}

/**
 * A number of a generation's options or of an effect's: the range and the words are its field's for forms.
 *
 * @param field The field, which has words for forms or a help.
 * @param value The default.
 * @param control The kind of control.
 * @param words Others than the field's.
 */
export function numberOption(
  field: NumberOption,
  value: number,
  control: Control = "number",
  words: Partial<Words> = {},
) {
  const { min, max, step, label = "", help = `${field.help}.` } = { ...field, ...field.form };
  const shared = { min, max, value, control, label, help, ...words };
  return field.kind === "whole" ? whole({ ...shared, step }) : decimal({ ...shared, step });
}

/**
 * The field of an effect's part.
 *
 * @param name Its name, which is its label unless the field has another.
 * @param field What it takes.
 * @param value The default.
 */
export function effectOption(name: string, field: OptionField, value: string | number) {
  const label = field.form?.label ?? `${name[0].toUpperCase()}${name.slice(1)}`;
  const help = field.form?.help ?? `${field.help[0].toUpperCase()}${field.help.slice(1)}.`;
  switch (field.kind) {
    case "whole":
    case "decimal":
      return numberOption(field, Number(value), "number", { label, help });
    case "choice": {
      const [first, ...others] = field.choices;
      return choice([first, ...others], String(value), { label, help });
    }
    default:
      return prompt(String(value), { label, help });
  }
}

/** A text for a network. */
export function prompt(value: string, words: Partial<Words> = {}) {
  const { label = "Prompt", help = "What the picture shows, in a few words." } = words;
  const meta: FieldMeta = { label, help, control: "prompt" };
  return z.string().max(400).default(value).meta({ ...meta });
}

/** One of a few words. */
export function choice<const T extends string>(
  values: readonly [T, ...T[]],
  value: NoInfer<T>,
  words: Words,
) {
  const meta: FieldMeta = { ...words, control: "choice" };
  return z.enum(values).default(value as never).meta({ ...meta });
}

/** The id of a picture. */
export function image(value: string) {
  const meta = { ...generationFields.image.form, control: "image" } as FieldMeta;
  return z.string().min(1).max(200).default(value).meta({ ...meta });
}

/** The id of a mask. */
export function mask(value: string) {
  const meta = { ...generationFields.mask.form, control: "mask" } as FieldMeta;
  return z.string().min(1).max(200).default(value).meta({ ...meta });
}

/** The ids of files with weights that a model is drawn with beside its own: LoRAs, or learned tokens. */
export function weightFiles(words: Words) {
  const meta: FieldMeta = { ...words, control: "weights" };
  return list(z.string().min(1).max(200).meta({ ...meta }), [], words, { min: 0, max: 64 });
}

/** The name of a model. */
export function model(kind: ModelKind, value: string, { form } = generationFields.model) {
  const meta = { ...form, control: "model", kind } as FieldMeta;
  return z.string().min(1).max(1000).default(value).meta({ ...meta });
}

/** The model for texts that ships. */
export const textModel = () => model("text-to-image", "emoji-I");

/** The second stage; by default `auto`, the one that belongs to the model where it is here. */
export const upscale = (value: "auto" | "none" = "auto") =>
  model("super-resolution", value, generationFields.upscale);

/** How many steps a second stage takes. */
export const upscaleSteps = (value = 20) => numberOption(generationFields.upscaleSteps, value, "steps");

/** The seed of all noise. */
export const seed = (value = 180) => numberOption(generationFields.seed, value, "seed");

/** How many steps a sampling takes. */
export const steps = (value: number) => numberOption(generationFields.steps, value, "steps");

/** The guidance scale. */
export const guidance = (value: number) => numberOption(generationFields.guidance, value, "guidance");

/** The guidance of sections that are about something else: what the cascade that ships is sampled best with. */
export const textGuidance = () => guidance(2.5);

/** The guidance of images that show two things at once: with less, the weaker of the two is not visible. */
export const compositionGuidance = () => guidance(5);

/** The algorithm of a step. */
export const sampler = (value: SamplerName = "ddpm") => {
  const { choices: [first, ...others], form } = generationFields.sampler;
  const meta = { ...form, control: "sampler" } as FieldMeta;
  return z.enum([first, ...others]).default(value).meta({ ...meta });
};

/** A noise level of a schedule of 1000. */
export const timestep = (value: number) =>
  whole({
    min: 0,
    max: 999,
    value,
    control: "timestep",
    label: "Timestep",
    help: "Noise level: 0 is almost clean, 999 is pure noise.",
  });

/** A list of one kind of field, with a default. */
export function list<T extends z.ZodType>(
  item: T,
  value: readonly z.input<T>[],
  words: Words,
  { min = 1, max = 12 } = {},
) {
  return z.array(item).min(min).max(max).default([...value] as never).meta({ ...words });
}

/** Noise levels of a schedule of 1000, a few unless more are allowed. */
export const noiseLevels = (max = 8) =>
  list(timestep(500), [250, 500, 750], { label: "Timesteps", help: "Noise levels, from 0 to 999." }, { max });

/** How many pictures. */
export const count = (value: number) => numberOption(generationFields.count, value);

/** The difference of neighbouring timesteps. */
export const stride = () =>
  whole({
    min: 1,
    max: 500,
    value: 30,
    label: "Stride",
    help: "Timesteps per step: 30 visits 990, 960, ..., 0.",
  });

/** The index of the timestep to start from. */
export const startIndex = (value: number) =>
  whole({
    min: 0,
    max: 999,
    value,
    control: "index",
    label: "First step",
    help:
      "How many steps are left out: with 0 it starts from pure noise; the more, the more of the image is kept.",
  });

/** Several of them. */
export const startIndices = () =>
  list(startIndex(10), [1, 3, 5, 7, 10, 20], {
    label: "First steps",
    help:
      "How many steps are left out, one number per column: the more, the less noise there is at the start.",
  });

/** Several pictures. */
export const images = (ids: readonly string[]) =>
  list(image(ids[0]), ids, { label: "Images", help: "Test images, or your own, one per row." }, { max: 6 });

/** The common parameters of image-to-image sections; by default without a second stage. */
export const editFields = () => ({
  starts: startIndices(),
  stride: stride(),
  guidance: textGuidance(),
  seed: seed(),
  sampler: sampler(),
  model: textModel(),
  upscale: upscale("none"),
  upscaleSteps: upscaleSteps(),
});

/** The common parameters of text-to-image sections with a cascade. */
export const cascadeFields = () => ({
  steps: steps(30),
  guidance: compositionGuidance(),
  seed: seed(),
  sampler: sampler(),
  model: textModel(),
  upscale: upscale(),
  upscaleSteps: upscaleSteps(),
});
