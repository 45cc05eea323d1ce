/**
 * A shelf of models, each opened once.
 *
 * @module
 */
import { Config, type LearnedToken, type Lora } from "../lib/checkpoints/mod.ts";
import { ArgumentError } from "../lib/errors.ts";
import {
  findModel,
  type ModelFolder,
  openDeepFloyd,
  openMnistDenoiser,
  openMnistModel,
  openModelFolder,
  type OpenOptions,
  openTextAttention,
  readTextLength,
} from "../lib/models/mod.ts";
import { readDeepFloydConfig } from "../lib/nn/mod.ts";
import { openTextToImage, type TextToImage } from "../lib/pipelines/mod.ts";
import { concat, type Tensor } from "../lib/tensor.ts";
import type { AddedWeights, ModelShelf, TextModel } from "./context.ts";
import { secondStageOf } from "./second_stage.ts";

/** A shelf of models that are closed with it. */
export interface OpenModels extends ModelShelf, AsyncDisposable {
  /** The names requested since it was cleared, each with its folder. */
  readonly used: Map<string, string>;
}

/** DeepFloyd's own text encoder is as wide, and its pictures are photographs; those of the models that ship are drawn. */
const PHOTOGRAPHIC_WIDTH = 4096;

/** The options of {@linkcode openModels}. */
export interface OpenModelsOptions extends OpenOptions {
  /**
   * Whether the network of a text-to-image model is opened at once, while its prompts are encoded. Where networks are small
   * this is faster; else encoder and network would be in memory together.
   */
  readonly ahead?: boolean;
  /** Reads files with weights beside a model's own. Defaults to none that are there. */
  readonly weightFiles?: WeightFiles;
}

/** Files with weights that models are drawn with beside their own, by their ids. */
export interface WeightFiles {
  /** @throws {ArgumentError} if there is no such file. */
  lora(id: string): Promise<Lora>;
  /** @throws {ArgumentError} if there is no such file. */
  learnedToken(id: string): Promise<LearnedToken>;
}

/** Where there are none. */
const noWeightFiles: WeightFiles = {
  lora: (id) => Promise.reject(new ArgumentError("lora", id, "none")),
  learnedToken: (id) => Promise.reject(new ArgumentError("embedding", id, "none")),
};

/**
 * Opens models when a section requests them.
 *
 * @param options The device and the threads of all, and how early networks are opened.
 */
export function openModels(
  { ahead = false, weightFiles = noWeightFiles, ...options }: OpenModelsOptions = {},
): OpenModels {
  const opened = new Map<string, Promise<unknown>>();
  const closing: AsyncDisposable[] = [];
  const used = new Map<string, string>();
  const once = <T>(key: string, open: () => Promise<T>): Promise<T> => {
    const found = opened.get(key) as Promise<T> | undefined;
    if (found) return found;
    const made = open();
    opened.set(key, made);
    // A later request may succeed, once the missing files are there.
    made.catch(() => opened.delete(key));
    return made;
  };
  const described = (name: string) => once(`folder ${name}`, () => openModelFolder(name));
  const folder = async (name: string) => {
    const path = await findModel(name);
    used.set(name, path);
    return path;
  };
  /** A model that is already open is used as well. */
  const noting = async <T>(name: string, model: Promise<T>): Promise<T> => {
    const opened = await model;
    await folder(name);
    return opened;
  };
  const kept = async <T extends AsyncDisposable>(opening: Promise<T>): Promise<T> => {
    const model = await opening;
    closing.push(model);
    return model;
  };
  // Of either stage: every LoRA that is ever sent would else stay in memory.
  const lastWithWeights = new Map<string, LastWithWeights>();
  /** A model with weights beside its own: the same as the last time, or another, for which the last one is closed. */
  const withWeights = async <T>(
    stage: string,
    key: string,
    open: (kept: Kept) => Promise<T>,
  ): Promise<T> => {
    const last = lastWithWeights.get(stage);
    if (last?.key === key) return await last.model as T;
    const closing = new AsyncDisposableStack();
    const model = (last?.close() ?? Promise.resolve()).then(() =>
      open(async (opening) => closing.use(await opening))
    );
    const own = { key, model, close: () => closing.disposeAsync() };
    lastWithWeights.set(stage, own);
    model.catch(() => lastWithWeights.get(stage) === own && lastWithWeights.delete(stage));
    return await model;
  };
  const loras = (added: AddedWeights["loras"]) =>
    Promise.all(added.map(async ({ id, scale }) => ({ lora: await weightFiles.lora(id), scale })));
  return {
    used,
    folder,
    described,
    textToImage: (name, added = { loras: [], learnedTokens: [] }) => {
      const open = async (kept: Kept) => {
        const { files, ...model } = await described(name);
        assertKind(model, "text-to-image");
        const own = {
          loras: await loras(added.loras),
          learnedTokens: await Promise.all(added.learnedTokens.map((id) => weightFiles.learnedToken(id))),
        };
        const pipeline = await kept(openTextToImage(files, { ...options, ...own }));
        // The caller that awaits it gets the error.
        if (ahead) pipeline.network().catch(() => {});
        return textModel(pipeline);
      };
      const isPlain = added.loras.length === 0 && added.learnedTokens.length === 0;
      return noting(
        name,
        isPlain
          ? once(`text ${name}`, () => open(kept))
          : withWeights("first", JSON.stringify([name, added]), open),
      );
    },
    superResolution: async (name, first, added = { loras: [] }) => {
      const second = name === "auto" ? await secondStageOf(first) : name;
      if (second === undefined || second === "none") return undefined;
      const openNetwork = async (files: ModelFolder["files"], textLength: number, kept: Kept) => {
        const own = { loras: await loras(added.loras) };
        return await kept(openDeepFloyd(files, { ...options, ...own, textLength }));
      };
      return await noting(
        second,
        once(`second ${second} ${JSON.stringify(added.loras)}`, async () => {
          const { files, sampling, ...model } = await described(second);
          assertKind(model, "super-resolution");
          // It takes the embeddings of the first stage's encoder.
          const textLength = await readTextLength(await findModel(first));
          const { size } = readDeepFloydConfig(await Config.read("config.json", files.folder("unet")));
          const network = () =>
            added.loras.length === 0
              ? once(`second network ${second}`, () => openNetwork(files, textLength, kept))
              : withWeights(
                "second",
                JSON.stringify([second, added]),
                (kept) => openNetwork(files, textLength, kept),
              );
          return { name: second, size, network, defaults: sampling };
        }),
      );
    },
    textAttention: (name) =>
      noting(
        name,
        once(`attention ${name}`, async () => {
          const textLength = await readTextLength(await findModel(name));
          return await kept(openTextAttention(name, { ...options, textLength }));
        }),
      ),
    digits: (name) =>
      noting(
        name,
        once(`digits ${name}`, async () => await kept(openMnistModel(await findModel(name), options))),
      ),
    digitDenoiser: (name) =>
      noting(
        name,
        once(`denoiser ${name}`, async () => await kept(openMnistDenoiser(await findModel(name), options))),
      ),
    async [Symbol.asyncDispose]() {
      for (const { close } of lastWithWeights.values()) await close();
      for (const model of closing.splice(0).toReversed()) await model[Symbol.asyncDispose]();
    },
  };
}

/** Closes what is opened with whatever it belongs to. */
type Kept = <T extends AsyncDisposable>(opening: Promise<T>) => Promise<T>;

/** The last model that was opened with weights beside its own. */
interface LastWithWeights {
  readonly key: string;
  readonly model: Promise<unknown>;
  close(): Promise<void>;
}

function assertKind(
  { name, kind }: Pick<ModelFolder, "name" | "kind">,
  expected: "text-to-image" | "super-resolution",
): void {
  if (kind === expected) return;
  const what = expected === "text-to-image" ? "a text-to-image model" : "a super-resolution model";
  throw new ArgumentError("model", name, what);
}

function textModel(pipeline: TextToImage): TextModel {
  const known = new Map<string, Tensor>();
  return {
    photographic: pipeline.config.textWidth === PHOTOGRAPHIC_WIDTH,
    scheduler: pipeline.scheduler,
    size: pipeline.config.size,
    async encode(prompts) {
      const missing = [...new Set(prompts)].filter((prompt) => !known.has(prompt));
      if (missing.length) {
        const all = await pipeline.encode(missing);
        missing.forEach((prompt, i) => known.set(prompt, sliceRow(all, i)));
      }
      return concat(prompts.map((prompt) => known.get(prompt)!));
    },
    tokenize: (prompt) => pipeline.tokenize(prompt),
    network: () => pipeline.network(),
  };
}

function sliceRow({ data, shape }: Tensor, i: number): Tensor {
  const size = data.length / shape[0];
  return { data: data.slice(i * size, (i + 1) * size), shape: [1, ...shape.slice(1)] };
}
