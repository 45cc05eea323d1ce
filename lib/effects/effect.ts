/**
 * The registration of an effect, by which the command line, the report and the gallery find it.
 *
 * @module
 */
import type { Constraint, Denoiser } from "../diffusion/types.ts";
import type { FieldsOf } from "../option_field.ts";
import type { Tensor } from "../tensor.ts";

/** The values of a part of an effect, by field. One of them, `prompt`, is another text for the image. */
export type EffectValues = Readonly<Record<string, string | number>> & { readonly prompt: string };

/** A part of an effect, ready to be composed. */
export interface EffectPart<Values extends EffectValues = EffectValues> {
  /** Its values. */
  readonly values: Values;
  /** The denoiser of its prompt, with guidance. */
  readonly denoiser: Denoiser;
}

/** The context of a composition. */
export interface EffectContext {
  /** The height and width of the first stage's images, in pixels, so that pixel-based views are the same in both stages. */
  readonly pixels: number;
}

/** What an effect passes to the loop. */
export interface ComposedEffect {
  /** The denoiser of all prompts together. */
  readonly denoiser: Denoiser;
  /** A constraint on the images, if any. */
  readonly constrain?: Constraint;
}

/** Another way to look at an image. */
export interface Perspective {
  /** Its label. */
  readonly label: string;
  /** Transforms images `[N, C, H, W]` to what is seen that way, in the same shape. */
  readonly apply: (x: Tensor) => Tensor;
}

/** A registered effect. A constant of this type in the effect's file and a line in `registry.ts` are all it takes. */
export interface Effect<Name extends string = string, Values extends EffectValues = EffectValues> {
  /** Its name: the option `--NAME` gives the prompt of a part, and images store the parts under this key. */
  readonly name: Name;
  /** Its display name. */
  readonly title: string;
  /** A one-sentence summary. */
  readonly summary: string;
  /** The values of each of its parts. Fields other than `prompt` are options of the same names. */
  readonly fields: FieldsOf<Values>;
  /** A good example, suggested by forms. */
  readonly example: { readonly prompt: string; readonly parts: readonly Values[] };
  /** Whether an image may have several parts; by default only one. */
  readonly repeatable?: boolean;
  /** Whether images have to be squares. */
  readonly square?: boolean;
  /**
   * Composes the denoiser of a stage.
   *
   * @param own The denoiser of the image's own prompt, with guidance.
   * @param parts The parts, at least one.
   * @param context The context.
   */
  compose(own: Denoiser, parts: readonly EffectPart<Values>[], context: EffectContext): ComposedEffect;
  /** The other ways to look at an image that reveal its parts; sheets show them next to it. */
  perspectives(parts: readonly Values[], context: EffectContext): readonly Perspective[];
}
