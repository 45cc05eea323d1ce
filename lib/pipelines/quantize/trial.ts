/** Tests layers of a network in integers. */
import type { Weights } from "../../checkpoints/shards.ts";
import { deepFloydStepGraph } from "../../models/deepfloyd_graph.ts";
import type { DeepFloydConfig } from "../../nn/deepfloyd/mod.ts";
import { openSession, type Session } from "../../onnx/mod.ts";
import type { KeptStep } from "./calibrate.ts";
import type { QuantizedLayer } from "./quantize_layer.ts";
import { QuantizingSource } from "./quantizing_source.ts";

/** A network whose layers can be switched between integers and floats. */
export class Trial implements AsyncDisposable {
  readonly #session: Session;
  readonly #source: QuantizingSource;
  readonly #steps: readonly KeptStep[];

  private constructor(session: Session, source: QuantizingSource, steps: readonly KeptStep[]) {
    this.#session = session;
    this.#source = source;
    this.#steps = steps;
  }

  /**
   * Opens the network.
   *
   * @param config The network's configuration.
   * @param weights Its weights.
   * @param layers The layers that may be in integers, by path.
   * @param steps What the network was asked, and has answered in floats.
   * @param options The positions of a text, and CPU threads.
   */
  static async open(
    config: DeepFloydConfig,
    weights: Weights,
    layers: ReadonlyMap<string, QuantizedLayer>,
    steps: readonly KeptStep[],
    { textLength, threads }: { readonly textLength: number; readonly threads?: number },
  ): Promise<Trial> {
    const source = new QuantizingSource(weights, layers);
    const { size } = config;
    const graph = deepFloydStepGraph(config, source, { height: size, width: size, textLength });
    const { folder } = source;
    return new Trial(await openSession(graph, { folder, memoryPattern: false, threads }), source, steps);
  }

  /**
   * By how much the network's estimates change with some layers in integers: the mean square of the difference over that of the
   * estimates.
   *
   * @param isInIntegers Says so of a layer, by its path.
   */
  async error(isInIntegers: (path: string) => boolean): Promise<number> {
    let [difference, power] = [0, 0];
    for (const { inputs, estimate } of this.#steps) {
      const given = { ...inputs, ...this.#source.switches(isInIntegers) };
      const found = (await this.#session.run(given, { outputs: ["estimate"] })).estimate.data;
      estimate.data.forEach((value, i) => {
        difference += (found[i] - value) ** 2;
        power += value ** 2;
      });
    }
    return difference / power;
  }

  /** Frees the session's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}
