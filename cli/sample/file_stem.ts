/** The names of a run's files. */
import {
  defaultCount,
  defaultModels,
  defaultScale,
  type GenerationOptions,
  storedOptions,
} from "../../lib/generation/mod.ts";
import { digest } from "../../lib/models/mod.ts";
import { sampleDigitsDefaults } from "../../lib/pipelines/mod.ts";

/** How many characters of a prompt go into a file name. */
const NAMED = 48;

/** The defaults for digits, which file names leave out. */
const usual = {
  steps: sampleDigitsDefaults.numInferenceSteps,
  guidance: sampleDigitsDefaults.guidanceScale,
  count: defaultCount,
  scale: defaultScale,
} as const;

/** A name for the files of a run. */
export async function fileStem(options: GenerationOptions): Promise<string> {
  switch (options.of) {
    case "digits":
      return digitsStem(options);
    case "text":
      return await textStem(options);
    case "unconditional":
      return await unconditionalStem(options);
  }
}

/** The prompt, the seed, and options that differ from the default. */
function digitsStem(options: GenerationOptions): string {
  const { prompts: [prompt], model, seed, sampler } = options;
  const parts = prompt === undefined
    ? [folderName(model)]
    : [prompt, ...(model === defaultModels.digits ? [] : [folderName(model)])];
  parts.push(`seed${seed}`);
  if (sampler !== sampleDigitsDefaults.sampler) parts.push(sampler.replace(/\W+/g, "-"));
  for (const name of ["steps", "guidance", "count", "scale"] as const) {
    if (name === "guidance" && prompt === undefined) continue;
    if (options[name] !== usual[name]) parts.push(`${name}${options[name]}`);
  }
  return parts.join("-");
}

/** The text, the model, the seed, the steps, and a hash of all of it. */
async function textStem(options: GenerationOptions): Promise<string> {
  const { prompts, model, seed, steps } = options;
  const slug = prompts[0].toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  const hash = (await digest(JSON.stringify(storedOptions(options)))).slice(0, 6);
  const text = [...slug].slice(0, NAMED).join("") || "text";
  return [text, folderName(model), `seed${seed}`, `steps${steps}`, hash].join("-");
}

/** The model, the class, the seed, the steps, and a hash of all of it. */
async function unconditionalStem(options: GenerationOptions): Promise<string> {
  const { prompts, model, seed, steps } = options;
  const hash = (await digest(JSON.stringify(storedOptions(options)))).slice(0, 6);
  const classes = prompts.map((label) => `class${label}`);
  return [folderName(model), ...classes, `seed${seed}`, `steps${steps}`, hash].join("-");
}

function folderName(model: string): string {
  return model.replace(/[\\/]+$/, "").replace(/^.*[\\/]/, "").replace(/[^\w.-]+/g, "_");
}
