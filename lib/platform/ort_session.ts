/** A session of ONNX Runtime's JavaScript API, which its native and its web package share. */
import type { TensorData } from "../tensor.ts";
import type { RuntimeInput, RuntimeSession, RuntimeTensor } from "./runtime.ts";

/** A tensor of the API. */
interface ApiTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** What is used of the API's session. */
interface ApiSession {
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly (
    | { readonly name: string; readonly isTensor: false }
    | {
      readonly name: string;
      readonly isTensor: true;
      readonly type: string;
      readonly shape: readonly (number | string)[];
    }
  )[];
  run(feeds: never, outputs: readonly string[]): Promise<Readonly<Record<string, ApiTensor>>>;
  release(): Promise<void>;
}

/** What is used of the API beside it. */
interface Api {
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => unknown;
}

/** A session of the runtime. */
export class OrtSession implements RuntimeSession {
  readonly inputs: readonly RuntimeInput[];
  readonly outputNames: readonly string[];
  readonly #session: ApiSession;
  readonly #api: Api;

  /**
   * @param session The API's session.
   * @param api The API that opened it.
   */
  constructor(session: ApiSession, api: Api) {
    this.#session = session;
    this.#api = api;
    this.outputNames = [...session.outputNames];
    this.inputs = session.inputMetadata.map((declared) => ({
      name: declared.name,
      type: declared.isTensor ? declared.type : undefined,
      shape: declared.isTensor ? [...declared.shape] : [],
    }));
  }

  async run(
    inputs: Readonly<Record<string, RuntimeTensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, RuntimeTensor>> {
    const feeds: Record<string, unknown> = {};
    for (const [name, { type, data, shape }] of Object.entries(inputs)) {
      feeds[name] = new this.#api.Tensor(type as never, data as never, shape);
    }
    const results = await this.#session.run(feeds as never, outputs);
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, data, dims }]) => {
        return [name, { type, data: data as TensorData, shape: dims }];
      }),
    );
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
