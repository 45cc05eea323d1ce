/** Options whose names differ from the library's arguments. */
const options: Readonly<Record<string, string>> = {
  folder: "data",
  guidanceScale: "guidance",
  averageDecay: "average-decay",
  learnedTokens: "embedding",
  learningRate: "learning-rate",
  learningRateSchedule: "learning-rate-schedule",
  maxSteps: "max-steps",
  numImagesPerPrompt: "count",
  numInferenceSteps: "steps",
  powerAverages: "power-averages",
  priorCount: "prior-count",
  priorData: "prior-data",
  priorPrompt: "prior-prompt",
  priorWeight: "prior-weight",
  warmupSteps: "warmup-steps",
};

/**
 * The option, without dashes, that gives an argument of the library: `learning-rate` for `learningRate`. A path inside an argument
 * is kept.
 *
 * @param argument The argument's name or path.
 */
export function optionOf(argument: string): string {
  const end = argument.search(/[.[]/);
  const [name, path] = end < 0 ? [argument, ""] : [argument.slice(0, end), argument.slice(end)];
  return (Object.hasOwn(options, name) ? options[name] : name) + path;
}
