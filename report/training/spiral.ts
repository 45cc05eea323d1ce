/**
 * A diffusion model of points in a plane: the smallest one with something to see.
 *
 * @module
 */
import {
  addNoise,
  cosineSchedule,
  type DiscreteSchedule,
  type Model,
  type Prediction,
  predictionFromOutput,
  type Query,
} from "../../lib/diffusion/mod.ts";
import { linearLayer, Scope, TensorSource } from "../../lib/nn/mod.ts";
import {
  concat,
  cos,
  Graph,
  mean,
  mul,
  openSession,
  type Session,
  silu,
  sin,
  square,
  sub,
  type Value,
} from "../../lib/onnx/mod.ts";
import type { Generator } from "../../lib/random.ts";
import { concat as join, scale, slice, type Tensor, tensor } from "../../lib/tensor.ts";

/** Its schedule: that of `emoji-I`. */
export const spiralSchedule: DiscreteSchedule = cosineSchedule();

/** How often the spiral goes round, and how far it reaches: the coordinates have about unit variance. */
const TURNS = 2;
const REACH = 2.2;

/** The distance of points from the curve: a standard deviation. */
const THICKNESS = 0.04;

/** The frequencies at which coordinates and timesteps enter the network: without them a perceptron finds fine structure late. */
const FREQUENCIES = [1, 2, 4];

/** The middle of the spiral is left out, where its arms would touch. */
const INNER = 0.1;

/** A point of the curve; `along` goes from 0, within, to 1, without. */
export function onSpiral(along: number): [x: number, y: number] {
  const part = INNER + (1 - INNER) * along;
  const angle = 2 * Math.PI * TURNS * part;
  return [REACH * part * Math.cos(angle), REACH * part * Math.sin(angle)];
}

/**
 * Points of the spiral, as many to a length of it everywhere, a little beside the curve.
 *
 * @param count How many.
 * @param generator Draws them.
 * @returns `[count, 2]`
 */
export function drawSpiral(count: number, generator: Generator): Tensor {
  const beside = generator.randn([count, 2]).data;
  const places = generator.rand([count]).data;
  const data = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    // The length of the curve grows as the square of the angle.
    const part = Math.sqrt(INNER ** 2 + (1 - INNER ** 2) * places[i]);
    const [x, y] = onSpiral((part - INNER) / (1 - INNER));
    data[2 * i] = x + THICKNESS * beside[2 * i];
    data[2 * i + 1] = y + THICKNESS * beside[2 * i + 1];
  }
  return tensor(data, [count, 2]);
}

/**
 * The network: three hidden layers of a multilayer perceptron, given a point and its timestep with Fourier features (Tancik et al. 2020).
 *
 * @param x Noisy points, `[N, 2]`
 * @param time Their timesteps as parts of the last one, `[N, 1]`
 * @param width Units of a hidden layer.
 * @returns The estimate of the velocity, `[N, 2]`
 */
function pointNetwork(scope: Scope, x: Value, time: Value, width: number): Value {
  const inputs = concat([x, time], 1);
  const waves = FREQUENCIES.flatMap((frequency) => {
    const angle = mul(inputs, frequency * Math.PI / 2);
    return [sin(angle), cos(angle)];
  });
  let h = concat([inputs, ...waves], 1);
  for (const name of ["first", "second", "third"]) h = silu(linearLayer(scope.at(name), h, width));
  return linearLayer(scope.at("head"), h, 2);
}

/**
 * The objective: the squared error of the velocity (Salimans and Ho 2022, appendix D). Where hardly anything but noise is left, an
 * estimate of the noise says nothing of the point behind it.
 *
 * @param batch Points in a step.
 * @param width Units of a hidden layer.
 */
export function pointObjective(batch: number, width: number): (scope: Scope) => Value {
  return (scope) => {
    const x = scope.graph.input("x", "float32", [batch, 2]);
    const time = scope.graph.input("time", "float32", [batch, 1]);
    const target = scope.graph.input("target", "float32", [batch, 2]);
    return mean(square(sub(pointNetwork(scope, x, time, width), target)));
  };
}

/**
 * The inputs of a training step: noisy points, their timesteps, and the velocities that are to be estimated.
 *
 * @param batch How many points.
 * @param generator Draws them.
 */
export function spiralBatch(batch: number, generator: Generator): Record<"x" | "time" | "target", Tensor> {
  const clean = drawSpiral(batch, generator);
  const noise = generator.randn([batch, 2]);
  const uniform = generator.rand([batch]).data;
  const timesteps = Array.from(uniform, (u) => Math.floor(u * spiralSchedule.length));
  return {
    x: addNoise(clean, noise, timesteps, spiralSchedule),
    time: timesOf(timesteps),
    // v = alpha noise - sigma x0: the same mixture of other things.
    target: addNoise(noise, scale(clean, -1), timesteps, spiralSchedule),
  };
}

/** Timesteps as the network reads them, `[N, 1]`. */
function timesOf(timesteps: readonly number[]): Tensor {
  const last = spiralSchedule.length - 1;
  return tensor(Float32Array.from(timesteps, (t) => t / last), [timesteps.length, 1]);
}

/** A network for points, which samplers draw with as with any other. */
export class PointModel implements Model<void> {
  /** The fixed properties: a point is an "image" of two numbers. */
  readonly spec: Model["spec"] = {
    size: 1,
    channels: 2,
    range: [-1, 1],
    predicts: "v_prediction",
    learnsVariance: false,
    schedule: spiralSchedule,
  };
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Opens it with weights that are in memory.
   *
   * @param weights By name, as a trainer gives them.
   * @param width Units of a hidden layer.
   */
  static async open(weights: Readonly<Record<string, Tensor>>, width: number): Promise<PointModel> {
    const graph = new Graph("points");
    const x = graph.input("x", "float32", ["batch", 2]);
    const time = graph.input("time", "float32", ["batch", 1]);
    const scope = new Scope(graph, new TensorSource(weights), false);
    graph.output("velocity", pointNetwork(scope, x, time, width));
    return new PointModel(await openSession(graph));
  }

  /** It is not conditioned on anything. */
  prepare(conditions: void[]) {
    return Promise.resolve(conditions.map(() => ({ inputs: {} })));
  }

  /** Answers questions about points `[N, 2]`, all in one batch. */
  async run(queries: Query[], { signal }: { signal?: AbortSignal } = {}): Promise<Prediction[]> {
    const times = queries.flatMap(({ t, input }) => Array<number>(input.x.shape[0]).fill(t));
    const x = join(queries.map(({ input }) => input.x));
    const { velocity } = await this.#session.run({ x, time: timesOf(times) }, { signal });
    let end = 0;
    return queries.map(({ input: { x }, t }) => {
      const [start] = [end, end += x.shape[0]];
      return predictionFromOutput("v_prediction", slice(velocity, start, end), x, t, spiralSchedule);
    });
  }

  /** Frees the session's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}
