/**
 * What a model is, without running it.
 *
 * @module
 */
import { Config } from "../checkpoints/config.ts";
import { type Component, openComponent } from "../checkpoints/folder.ts";
import { openWeights, ShardedWeights, type Weights } from "../checkpoints/shards.ts";
import { readDeepFloydConfig } from "../nn/deepfloyd/mod.ts";
import type { Initializer } from "../nn/init.ts";
import type { ParameterSource } from "../nn/scope.ts";
import { multiplyAdds } from "../onnx/cost.ts";
import type { Graph, Value } from "../onnx/mod.ts";
import { FileError, type Files, machine } from "../platform/mod.ts";
import { sizeOf } from "../tensor.ts";
import { parseCard } from "./card.ts";
import { deepFloydPromptGraph, deepFloydStepGraph } from "./deepfloyd_graph.ts";
import { readDdpmFolder } from "./ddpm_folder.ts";
import { readTextLength } from "./deepfloyd_folder.ts";
import { readKind } from "./kind.ts";
import { mnistClasses, readClassifierConfig, readUnetConfig } from "./mnist_config.ts";
import { mnistClassifierGraph, mnistUnetGraph } from "./mnist_graph.ts";
import { OldNamesSource } from "./old_names.ts";
import { findModel } from "./registry.ts";
import { unet2DGraph } from "./unet2d_graph.ts";

/** What {@linkcode describeModel} finds out. */
export interface ModelDescription {
  /** The name or path it was requested by. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly kind: string;
  /** All files of its folder together, in bytes; the weights alone where the folder cannot be listed, as below a URL. */
  readonly bytes: number;
  /** How many numbers of the network were trained; running statistics and text encoders are not counted. */
  readonly parameters: number;
  /**
   * Floating-point operations of one pass for one image, in 10^9, a multiply-add counted as two. A step with guidance
   * makes two passes.
   */
  readonly gflop: number;
  /** The licence of the weights, as the model card says; null where it does not. */
  readonly licence: string | null;
  /** The model card's first paragraph; null where there is none. */
  readonly summary: string | null;
}

/** A checkpoint's network: what it is, and how it is written as a graph. */
interface Network {
  readonly kind: string;
  readonly weights: Weights;
  /** The graph of one pass; what else asks for parameters is built before it. */
  readonly build: (source: ParameterSource) => Graph;
}

/**
 * Describes a model: its kind, size and cost, its licence and what its card says. Opens no session.
 *
 * @param nameOrFolder The name of a model that ships, or the path or the URL of a checkpoint's folder.
 * @throws {UnknownModelError} if there is no such model.
 * @throws {CheckpointError} if the checkpoint is of a kind that is not supported, or the weights are another network's.
 * @throws {SafetensorsError} if the weights cannot be read, or are not whole.
 */
export async function describeModel(nameOrFolder: string): Promise<ModelDescription> {
  const files = machine.open(await findModel(nameOrFolder));
  const { kind, weights, build } = await readNetwork(files);
  const source = new CountingSource(weights);
  const graph = build(source);
  source.assertAllUsed();
  const card = parseCard(await readCard(files));
  return {
    name: nameOrFolder,
    kind,
    bytes: await sizeOfFiles(files) ?? sizeOfWeights(weights),
    parameters: source.parameters,
    gflop: 2 * multiplyAdds(graph, { batch: 1 }) / 1e9,
    licence: card.licence ?? null,
    summary: card.summary ?? null,
  };
}

/** Adds up what the network asks for. */
class CountingSource extends OldNamesSource {
  readonly #sizes = new Map<string, number>();

  get parameters(): number {
    return this.#sizes.values().reduce((sum, size) => sum + size, 0);
  }

  override parameter(graph: Graph, name: string, shape: readonly number[], _init?: Initializer): Value {
    this.#sizes.set(name, sizeOf(shape));
    return super.parameter(graph, name, shape);
  }

  override buffer(graph: Graph, name: string, shape: readonly number[]): Value {
    return super.parameter(graph, name, shape);
  }
}

async function readNetwork(files: Files): Promise<Network> {
  switch (await readKind(files)) {
    case "pipeline":
      return unet(await openComponent(files.folder("unet"), mnistClasses.unet));
    case "unet":
      return unet(await openComponent(files, mnistClasses.unet));
    case "classifier": {
      const { config, weights } = await openComponent(files, mnistClasses.classifier);
      const classifier = readClassifierConfig(config);
      return {
        kind: `classifier of ${classifier.classes} classes`,
        weights,
        build: (source) => mnistClassifierGraph(classifier, source),
      };
    }
    case "text-to-image":
    case "super-resolution":
      return await deepFloyd(files);
    case "unconditional":
      return await ddpm(files);
  }
}

/** The network of an unconditional pipeline. */
async function ddpm(files: Files): Promise<Network> {
  const { unet, config } = await readDdpmFolder(files);
  const { size } = config;
  return {
    kind: `${config.classes ? "classes to image" : "unconditional"}, ${size} x ${size} pixels`,
    weights: await openWeights(unet, "diffusion_pytorch_model"),
    build: (source) => unet2DGraph(config, source, { height: size, width: size }),
  };
}

/** The network of a pipeline of DeepFloyd IF. Its cost is that of a step: texts are encoded once for all of them. */
async function deepFloyd(files: Files): Promise<Network> {
  const unet = files.folder("unet");
  const config = readDeepFloydConfig(await Config.read("config.json", unet));
  const { size, enlarges } = config;
  const textLength = await readTextLength(files);
  return {
    kind: `${enlarges ? "super-resolution" : "text to image"}, ${size} x ${size} pixels`,
    weights: await openWeights(unet, "diffusion_pytorch_model"),
    build: (source) => {
      deepFloydPromptGraph(config, source, { textLength });
      return deepFloydStepGraph(config, source, { height: size, width: size, textLength });
    },
  };
}

function unet({ config, weights }: Component): Network {
  const unet = readUnetConfig(config);
  const diffusion = unet.classes
    ? `diffusion, conditioned on ${unet.classes} classes`
    : "diffusion, unconditional";
  return {
    kind: unet.timeConditioned ? diffusion : "single-step denoiser",
    weights,
    build: (source) => mnistUnetGraph(unet, source),
  };
}

/** The model card; empty where there is none. */
async function readCard(files: Files): Promise<string> {
  try {
    return await files.readText("README.md");
  } catch (error) {
    if (error instanceof FileError && error.reason === "missing") return "";
    throw error;
  }
}

/** The bytes of a folder's files, those in its folders included; undefined where it cannot be listed. */
async function sizeOfFiles(files: Files): Promise<number | undefined> {
  const entries = await files.list();
  if (!entries) return undefined;
  let bytes = 0;
  for (const { name, isDirectory } of entries) {
    bytes += (isDirectory ? await sizeOfFiles(files.folder(name)) : (await files.stat(name))?.size) ?? 0;
  }
  return bytes;
}

function sizeOfWeights(weights: Weights): number {
  const files = weights instanceof ShardedWeights ? weights.files : [weights];
  return files.reduce((sum, { size }) => sum + size, 0);
}
