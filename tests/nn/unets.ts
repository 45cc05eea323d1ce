/**
 * Golden networks of diffusers whose weights are drawn, not stored: PyTorch's numbers by a seed, tensor by tensor in the order of
 * their names.
 */
import { Config } from "../../lib/checkpoints/config.ts";
import { SafetensorsFile } from "../../lib/checkpoints/safetensors.ts";
import { declare } from "../../lib/nn/sources.ts";
import type { Scope } from "../../lib/nn/scope.ts";
import { Generator } from "../../lib/random.ts";
import { map, sizeOf, type Tensor } from "../../lib/tensor.ts";
import { FIXTURES } from "./deepfloyd.ts";

/** What the file says of a network. */
export interface GoldenUnet {
  /** The seed of its weights. */
  readonly seed: number;
  /** How many tensors it has in diffusers. */
  readonly parameters: number;
  /** The SHA-256 of their names and shapes, a line each, in the order of the names. */
  readonly names: string;
  /** Its `config.json`. */
  readonly config: Record<string, unknown>;
}

/** A run of a pipeline of diffusers. */
export interface GoldenRun {
  readonly pipeline: "DDPMPipeline" | "DDIMPipeline";
  readonly network: string;
  readonly scheduler: Record<string, unknown>;
  readonly batch_size: number;
  readonly num_inference_steps: number;
  readonly eta?: number;
}

const { networks, runs } = JSON.parse(await Deno.readTextFile(`${FIXTURES}/unets.json`)) as {
  readonly networks: Readonly<Record<string, GoldenUnet>>;
  readonly runs: Readonly<Record<string, GoldenRun>>;
};
export { networks, runs };

/** The configuration of a network. */
export function configOf(name: string): Config {
  return new Config("config.json", networks[name].config);
}

/** The tensors that the file has under a name: inputs and outputs of a network, or the images of a run. */
export async function readGoldenTensors(name: string): Promise<Record<string, Tensor>> {
  const file = await SafetensorsFile.open(`${FIXTURES}/unets.safetensors`);
  const tensors: Record<string, Tensor> = {};
  for (const key of file.tensors.keys()) {
    if (key.startsWith(`${name}/`)) tensors[key.slice(name.length + 1)] = await file.read(key);
  }
  return tensors;
}

/** The weights of a network: names and shapes are those that it asks for. */
export function drawWeights(build: (scope: Scope) => void, seed: number): Record<string, Tensor> {
  const generator = new Generator(seed);
  const weights: Record<string, Tensor> = {};
  const parameters = declare(build).parameters.toSorted((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, shape } of parameters) {
    const drawn = generator.randn(shape);
    const scale = name === "time_proj.weight"
      ? 0.3
      : shape.length > 1
      ? 1.2 / Math.sqrt(sizeOf(shape.slice(1)))
      : undefined;
    const isNorm = name.includes("norm") && name.endsWith("weight");
    weights[name] = map(drawn, (z) => scale ? scale * z : isNorm ? 1 + 0.2 * z : 0.1 * z);
  }
  return weights;
}

/** The digest of names and shapes, as the file has it of diffusers' network. */
export async function namesDigest(weights: Readonly<Record<string, Tensor>>): Promise<string> {
  const lines = Object.entries(weights).map(([name, { shape }]) => `${name} [${shape}]`).join("\n");
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lines));
  return new Uint8Array(bytes).toHex();
}
