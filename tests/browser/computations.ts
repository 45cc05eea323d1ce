/**
 * What is computed both natively and in a tab. Each function has all it needs in its argument, so that its text can be sent to
 * a page.
 */
import type * as denoise from "../../bundle/denoise.ts";

/** The library, by its bundle's names. */
export type Library = typeof denoise;

/** Three digits in a few steps: the values of all pixels. */
export async function drawDigits(
  lib: Library,
  { device, numInferenceSteps = 4, digits = [2, 0, 7] }: {
    readonly device?: "webgpu";
    readonly numInferenceSteps?: number;
    readonly digits?: readonly number[];
  } = {},
): Promise<number[]> {
  await using model = await lib.openMnistModel("mnist-class", { device });
  const steps = lib.sampleDigits(model, [...digits], { seed: 7, numInferenceSteps });
  return [...(await lib.sampleToEnd(steps)).data];
}

/** An emoji in four guided steps; or what another model makes of its text. */
export async function drawEmoji(lib: Library, model = "emoji-I"): Promise<number[]> {
  await using pipeline = await lib.openTextToImage(model);
  const [text, negative] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
  const options = { negative, seed: 3, numInferenceSteps: 4, guidanceScale: 2.5 };
  return [...(await lib.sampleToEnd(lib.textToImage(await pipeline.network(), text, options))).data];
}

/** The same on deep features that are kept for every second step. */
export async function drawEmojiOnFeatures(lib: Library): Promise<number[]> {
  await using pipeline = await lib.openTextToImage("emoji-I");
  const [text, negative] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
  const options = { negative, seed: 3, numInferenceSteps: 4, guidanceScale: 2.5, cacheInterval: 2 };
  return [...(await lib.sampleToEnd(lib.textToImage(await pipeline.network(), text, options))).data];
}

/** The loss of the class-conditioned network on given noise, and the gradient of its weights. */
export async function computeGradient(lib: Library): Promise<{ loss: number; gradient: number[] }> {
  const { graph, specs } = lib.train.buildGradientGraph((scope) => {
    const inputs = (["x", "noise"] as const).map((name) =>
      scope.graph.input(name, "float32", [8, 1, 28, 28])
    );
    const time = scope.graph.input("time", "float32", [8, 1]);
    const label = scope.graph.input("label", "float32", [8, 10]);
    const predicted = lib.nn.mnistUnet(scope, inputs[0], 16, { time, label });
    return lib.onnx.mean(lib.onnx.square(lib.onnx.sub(predicted, inputs[1])));
  });
  const generator = new lib.Generator(1);
  const vector = (list: typeof specs.parameters) => {
    const values = list.flatMap(({ shape, init }) => [...init(shape, generator)]);
    return lib.tensor(Float32Array.from(values), [values.length]);
  };
  await using session = await lib.onnx.openSession(graph, { memoryPattern: false });
  const { loss, gradient } = await session.run({
    parameters: vector(specs.parameters),
    buffers: vector(specs.buffers),
    x: generator.randn([8, 1, 28, 28]),
    noise: generator.randn([8, 1, 28, 28]),
    time: generator.rand([8, 1]),
    label: generator.rand([8, 10]),
  });
  return { loss: loss.data[0], gradient: [...gradient.data] };
}

/** The losses of training steps from random weights, on batches of two microbatches each. */
export async function trainSteps(lib: Library): Promise<number[]> {
  const generator = new lib.Generator(2);
  await using trainer = await lib.train.Trainer.create((scope) => {
    const inputs = (["x", "noise"] as const).map((name) =>
      scope.graph.input(name, "float32", [4, 1, 28, 28])
    );
    const time = scope.graph.input("time", "float32", [4, 1]);
    const predicted = lib.nn.mnistUnet(scope, inputs[0], 16, { time });
    return lib.onnx.mean(lib.onnx.square(lib.onnx.sub(predicted, inputs[1])));
  }, { generator, replicas: 2, threads: 2 });
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) {
    const [x, noise] = [generator.randn([8, 1, 28, 28]), generator.randn([8, 1, 28, 28])];
    losses.push((await trainer.step({ x, noise, time: generator.rand([8, 1]) }, 1e-3)).loss);
  }
  return losses;
}
