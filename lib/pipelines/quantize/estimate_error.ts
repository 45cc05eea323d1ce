import type { ParameterSource } from "../../nn/scope.ts";
import type { FileSource } from "../../nn/file_source.ts";
import type { DeepFloydConfig } from "../../nn/deepfloyd/mod.ts";
import { deepFloydStepGraph } from "../../models/deepfloyd_graph.ts";
import { openSession } from "../../onnx/mod.ts";
import type { KeptStep } from "./calibrate.ts";

/**
 * By how much a network's estimates change when its layers are done by another source: the mean square of the difference over that of
 * the estimates.
 *
 * @param config The network's configuration.
 * @param source How the layers are done.
 * @param steps What the network was asked, and has answered.
 * @param options The positions of a text, and CPU threads.
 */
export async function estimateError(
  config: DeepFloydConfig,
  source: ParameterSource & Pick<FileSource, "folder">,
  steps: readonly KeptStep[],
  { textLength, threads }: { readonly textLength: number; readonly threads?: number },
): Promise<number> {
  const graph = deepFloydStepGraph(config, source, { height: config.size, width: config.size, textLength });
  await using session = await openSession(graph, { folder: source.folder, memoryPattern: false, threads });
  let [difference, power] = [0, 0];
  for (const { inputs, estimate } of steps) {
    const found = (await session.run(inputs, { outputs: ["estimate"] })).estimate.data;
    estimate.data.forEach((value, i) => {
      difference += (found[i] - value) ** 2;
      power += value ** 2;
    });
  }
  return difference / power;
}
