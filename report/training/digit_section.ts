/**
 * The sections about the two diffusion networks for digits, which differ in whether there are classes.
 *
 * @module
 */
import { ArgumentError, described } from "../../lib/errors.ts";
import {
  type GenerationChoices,
  generationDefaults,
  type GenerationOptions,
  resolveGenerationOptions,
  storedGeneration,
} from "../../lib/generation/mod.ts";
import { samplerRegistrations } from "../../lib/diffusion/samplers/mod.ts";
import { sampleDigits } from "../../lib/pipelines/mod.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { Context } from "../context.ts";
import { Progress } from "../drawing/progress.ts";
import { picturesOf, sheetFigure, strip } from "../drawing/sheet.ts";
import type { Generation, Json, SectionEvent } from "../section.ts";
import { isTraining } from "../work.ts";
import { type LiveParameters, trainLive } from "./live.ts";
import { recordFigures } from "./records.ts";

/** The parameters of such a section. */
export interface DigitParameters
  extends LiveParameters, Pick<GenerationOptions, "steps" | "sampler">, Pick<GenerationChoices, "guidance"> {
  readonly rows: number;
  readonly [name: string]: Json | undefined;
}

/** The prompt of a whole row. */
const DIGITS = "0123456789";

/** Samples of a row. */
const COLUMNS = 10;

/** A live training or samples of a network, and the records of its training. */
export async function* digitFigures(
  recipe: Recipe,
  given: DigitParameters,
  context: Context,
): AsyncGenerator<SectionEvent, void, undefined> {
  const { model: name, rows, steps, sampler, guidance, seed } = given;
  if (isTraining(given)) {
    // A trained network's samples replace those of the network that ships.
    const drawing = { rows, numInferenceSteps: steps, sampler, guidanceScale: guidance };
    yield* trainLive(recipe, given, context, drawing);
    return yield* recordsOf(given, context);
  }
  const parameters: Record<string, Json> = JSON.parse(JSON.stringify(given));
  const { signal, previews = true } = context;
  const network = await context.models.digits(name);
  assertKind(name, network.classes > 0, recipe);
  const columns = network.classes || COLUMNS;
  const progress = new Progress(steps * rows * columns);
  const labels = Array.from({ length: rows * columns }, (_, i) => network.classes ? i % columns : null);
  const { range } = network.spec;
  let drawn;
  const options = { seed, numInferenceSteps: steps, sampler, guidanceScale: guidance, signal };
  for await (const { index, x, x0, tNext } of sampleDigits(network, labels, options)) {
    drawn = x;
    yield progress.advance("samples", x.shape[0]);
    if (previews && (index % 4 === 3 || index === steps - 1)) {
      const pictures = { x: strip(x, range), x0: strip(x0, range) };
      const preview = { slot: "samples", step: index + 1, steps, t: tNext, ...pictures, count: x.shape[0] };
      yield { type: "preview", preview };
    }
  }
  const all = picturesOf(drawn!);
  const generation = await resolveGenerationOptions(
    generationDefaults("digits"),
    { model: await context.models.described(name), upscaler: null },
    {
      ...{ of: "digits", steps, sampler, guidance, seed },
      prompts: network.classes ? [DIGITS.slice(0, columns)] : [],
      count: network.classes ? rows : rows * columns,
    },
  );
  yield {
    type: "figure",
    figure: sheetFigure({
      name: "samples",
      caption: `Samples of \`${name}\` as it is, by ${samplerRegistrations[sampler].title} in ${steps} steps${
        network.classes ? ` with guidance ${guidance}` : ""
      }.`,
      alt: "Rows of handwritten digits, white on black.",
      columns: network.classes ? Array.from({ length: columns }, (_, digit) => String(digit)) : [],
      pictures: Array.from({ length: rows }, (_, row) => all.slice(row * columns, (row + 1) * columns)),
      origin: (row, column) => ({ slots: ["samples"], index: row * columns + column }),
      generation: (row, column) => storedGeneration(generation, row * columns + column + 1) as Generation,
      range,
      parameters,
    }),
  };
  yield* recordsOf(given, context);
}

/** The records of the shipped model's training. */
async function* recordsOf(
  { model: name, ...rest }: DigitParameters,
  { models }: Context,
): AsyncGenerator<SectionEvent, void, undefined> {
  yield* recordFigures(await models.folder(name), {
    name,
    parameters: JSON.parse(JSON.stringify({ model: name, ...rest })),
    sheet: (epoch) => ({
      caption: `Samples that were drawn after epoch ${epoch}${
        "guidance" in rest ? ", four of each digit with guidance 5" : ""
      }.`,
      alt: "Rows of handwritten digits on gray.",
    }),
  });
}

function assertKind(name: string, hasClasses: boolean, { needsLabels }: Recipe): void {
  if (hasClasses === needsLabels) return;
  const kinds = ["a network without classes", "a network with classes"];
  const [found, expected] = needsLabels ? kinds : kinds.toReversed();
  throw new ArgumentError("model", described(`"${name}", ${found}`), expected);
}
