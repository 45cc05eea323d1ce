/**
 * What an effect says of itself, so that the command line, the report and the gallery find it by its name.
 *
 * @module
 */
import type { Constraint, Denoiser } from "../diffusion/types.ts";
import type { FieldsOf } from "../option_field.ts";
import type { Tensor } from "../tensor.ts";

/** The values of a part of an effect, by its fields. One of them, `prompt`, is a text that the image shows too. */
export type EffectValues = Readonly<Record<string, string | number>> & { readonly prompt: string };

/** A part of an effect, ready to be composed. */
export interface EffectPart<Values extends EffectValues = EffectValues> {
  /** Its values. */
  readonly values: Values;
  /** The denoiser of its prompt, with guidance. */
  readonly denoiser: Denoiser;
}

/** What an effect is composed for. */
export interface EffectContext {
  /** The height and width of the first stage's images, in pixels: what is made of pixels is the same in both stages. */
  readonly pixels: number;
}

/** What an effect gives the loop. */
export interface ComposedEffect {
  /** The denoiser of all prompts together. */
  readonly denoiser: Denoiser;
  /** A rule that the images are held to, where there is one. */
  readonly constrain?: Constraint;
}

/** Another way to look at an image. */
export interface OtherSight {
  /** What it is called. */
  readonly label: string;
  /** The image, looked at so: `[N, C, H, W]` to the same shape. */
  readonly apply: (x: Tensor) => Tensor;
}

/** An effect by its name: one such constant in an effect's file, and the file's line in `registry.ts`, is all it takes. */
export interface Effect<Name extends string = string, Values extends EffectValues = EffectValues> {
  /** Its name: the option `--NAME` gives the prompt of a part, and images store its parts under it. */
  readonly name: Name;
  /** Its name for people. */
  readonly title: string;
  /** One sentence that says what it shows. */
  readonly summary: string;
  /** The values of each of its parts. Those beside `prompt` are options of their own names. */
  readonly fields: FieldsOf<Values>;
  /** An image that it shows something with, as a form suggests it. */
  readonly example: { readonly prompt: string; readonly parts: readonly Values[] };
  /** Whether an image may have several parts; by default only one. */
  readonly repeatable?: boolean;
  /** Whether images have to be squares. */
  readonly square?: boolean;
  /**
   * Composes the denoiser of a stage.
   *
   * @param own The denoiser of the image's own prompt, with guidance.
   * @param parts The parts, one or more.
   * @param context What it is composed for.
   */
  compose(own: Denoiser, parts: readonly EffectPart<Values>[], context: EffectContext): ComposedEffect;
  /** The other ways to look at an image, by which its parts are seen: shown beside it on sheets. */
  sights(parts: readonly Values[], context: EffectContext): readonly OtherSight[];
}
