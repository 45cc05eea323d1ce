/**
 * Generic sections for effects that have none of their own, built from their registrations.
 *
 * @module
 */
import { z } from "zod";
import { type Effect, effects, type EffectValues } from "../lib/effects/mod.ts";
import { composedFigures } from "./drawing/composed.ts";
import { openStudio } from "./drawing/studio.ts";
import { cascadeFields, effectOption, list, prompt } from "./fields.ts";
import { quoted } from "./quoted.ts";
import { defineSection, type Section } from "./section.ts";

/** The maximum number of parts of an image. */
const MAX_PARTS = 4;

/**
 * The section of an effect: an image of its example, as it is and in the other ways to look at it, by both stages. Its
 * parameters are the effect's fields and those of all cascades.
 *
 * @param effect The effect.
 */
export function effectSection(effect: Effect): Section {
  const { name, title, summary, fields, example, repeatable } = effect;
  const part = z.object(
    Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [key, effectOption(key, field, example.parts[0][key])]),
    ),
  );
  const parts = list(part, example.parts as never, { label: "Parts", help: summary }, {
    max: repeatable ? MAX_PARTS : 1,
  });
  return defineSection({
    id: name,
    title,
    summary,
    blocks: [{ kind: "paragraph", text: summary }],
    parameters: z.object({ prompt: prompt(example.prompt), parts, ...cascadeFields() }),
    quick: { steps: 10, upscaleSteps: 5 },
    async *run(parameters, context) {
      const { prompt } = parameters;
      const parts = parameters.parts as unknown as readonly EffectValues[];
      const studio = await openStudio(parameters, [prompt, ...parts.map(({ prompt }) => prompt)], context);
      const pixels = studio.first.spec.size;
      const perspectives = effect.perspectives(parts, { pixels });
      const seen = [prompt, ...parts.map(({ prompt }) => prompt)].map((text) => `"${text}"`).join(", ");
      yield* composedFigures(studio, {
        ...parameters,
        compose: async (guided) =>
          effect.compose(
            await guided([prompt]),
            await Promise.all(
              parts.map(async (values) => ({ values, denoiser: await guided([values.prompt]) })),
            ),
            { pixels },
          ),
        seen: perspectives.map(({ apply }) => apply),
        // An unregistered effect has no name to regenerate the image by.
        ...(effects.get(name) === effect && {
          generation: () => ({ prompts: [prompt], effect: { name, parts } }),
        }),
        slot: name,
        rows: [prompt],
        columns: ["as it is", ...perspectives.map(({ label }) => label)],
        parameters,
        words: [
          { caption: `${quoted(prompt)}: ${summary}`, alt: `Pictures of ${seen}.` },
          { caption: "The same, upscaled by the second stage.", alt: `Large pictures of ${seen}.` },
        ],
      });
    },
  }) as unknown as Section;
}
