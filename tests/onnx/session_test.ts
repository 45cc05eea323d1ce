/** Opening sessions, what they refuse, and devices that are not there. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { attemptsFor, devices } from "../../lib/onnx/device.ts";
import {
  add,
  batchNormTraining,
  exp,
  gather,
  Graph,
  matmul,
  mul,
  openSession,
  SessionError,
  type SessionOptions,
} from "../../lib/onnx/mod.ts";
import { ArgumentError } from "../../lib/argument_error.ts";
import type { Tensor, TensorData } from "../../lib/tensor.ts";
import { normal } from "./finite_differences.ts";

/** y = 2 x + 1 and z = e^x of a batch of pairs. */
function small(): Graph {
  const graph = new Graph();
  const x = graph.input("x", "float32", ["batch", 2]);
  graph.output("y", add(mul(x, 2), 1));
  graph.output("z", exp(x));
  return graph;
}

const x: Tensor = { data: Float32Array.of(1, 2), shape: [1, 2] };

// ---- Running ----

Deno.test("session: names, device and outputs", async () => {
  await using session = await openSession(small());
  assertEquals(session.device, "cpu");
  assertEquals(session.inputNames, ["x"]);
  assertEquals(session.outputNames, ["y", "z"]);
  const { y, z } = await session.run({ x });
  assertEquals([y.shape, [...y.data]], [[1, 2], [3, 5]]);
  assertEquals(z.data[0], Math.fround(Math.E));
});

Deno.test("session: only the outputs that are asked for", async () => {
  await using session = await openSession(small());
  assertEquals(Object.keys(await session.run({ x }, { outputs: ["z"] })), ["z"]);
  const unknown = () => session.run({ x }, { outputs: ["y", "loss"] });
  await assertRejects(unknown, SessionError, 'outputs: "loss" is none of y, z');
});

Deno.test("session: a graph has the outputs that were declared, also where a kernel writes more", async () => {
  const graph = new Graph();
  const input = graph.input("x", "float32", [2, 3, 1, 1]);
  const one = graph.constant([1, 1, 1]);
  graph.output("y", batchNormTraining(input, one, one).y);
  await using session = await openSession(graph);
  assertEquals(session.outputNames, ["y"]);
  assertEquals(Object.keys(await session.run({ x: normal([2, 3, 1, 1]) })), ["y"]);
});

Deno.test("session: results are copies, inputs are left alone", async () => {
  await using session = await openSession(small());
  const data = Float32Array.of(1, 2);
  const first = await session.run({ x: { data, shape: [1, 2] } });
  const second = await session.run({ x: { data: Float32Array.of(5, 6), shape: [1, 2] } });
  assertEquals([...data], [1, 2]);
  assertEquals([...first.y.data], [3, 5]);
  assertEquals([...second.y.data], [11, 13]);
});

Deno.test("session: a view of a larger array", async () => {
  await using session = await openSession(small());
  const data = Float32Array.of(9, 9, 1, 2, 9).subarray(2, 4);
  assertEquals([...(await session.run({ x: { data, shape: [1, 2] } })).y.data], [3, 5]);
});

Deno.test("session: two at once, and runs one after the other without waiting", async () => {
  await using a = await openSession(small());
  await using b = await openSession(small());
  const runs = [a, b, a, b].map((session, i) => {
    return session.run({ x: { data: Float32Array.of(i, i), shape: [1, 2] } });
  });
  assertEquals((await Promise.all(runs)).map(({ y }) => y.data[0]), [1, 3, 5, 7]);
});

Deno.test("session: runtimeMs counts what was computed", async () => {
  await using session = await openSession(small());
  assertEquals(session.runtimeMs, 0);
  await session.run({ x });
  assert(session.runtimeMs > 0);
});

Deno.test("session: inputs and outputs of other types", async () => {
  const graph = new Graph();
  const add1 = (name: string, dtype: "int64" | "int32" | "float64") =>
    graph.output(`${name}+1`, add(graph.input(name, dtype, [1]), 1));
  add1("a", "int64");
  add1("b", "int32");
  add1("c", "float64");
  graph.output("same", graph.input("d", "bool", [2]));
  await using session = await openSession(graph);
  const found: Record<string, Tensor<TensorData>> = await session.run({
    a: { data: BigInt64Array.of(2n ** 40n), shape: [1] },
    b: { data: Int32Array.of(-5), shape: [1] },
    c: { data: Float64Array.of(0.1), shape: [1] },
    d: { data: Uint8Array.of(1, 0), shape: [2] },
  });
  assertEquals(found["a+1"].data, BigInt64Array.of(2n ** 40n + 1n));
  assertEquals(found["b+1"].data, Int32Array.of(-4));
  assertEquals(found["c+1"].data, Float64Array.of(1.1));
  assertEquals(found.same.data, Uint8Array.of(1, 0));
});

// ---- Refusing ----

Deno.test("session: inputs that are missing, unknown, or of the wrong shape or type", async () => {
  await using session = await openSession(small());
  const refused = async (inputs: Record<string, Tensor<TensorData>>, message: string) => {
    const error = await assertRejects(() => session.run(inputs), SessionError, message);
    assert(!error.message.includes("\n"));
  };
  await refused({}, 'inputs: "x" is missing, of x');
  await refused({ x, w: x }, 'inputs: "w" is none of x');
  await refused({ x, toString: x }, 'inputs: "toString" is none of x');
  await refused({ x: { data: new Float32Array(3), shape: [1, 3] } }, '"x" has shape [1,3] where [batch,2]');
  await refused(
    { x: { data: new Float32Array(2), shape: [2] } },
    '"x" has shape [2] where [batch,2] is expected',
  );
  await refused({ x: { data: new Float32Array(2), shape: [2, 2] } }, '"x" has shape [2,2] where [batch,2]');
  await refused({ x: { data: new Float64Array(2), shape: [1, 2] } }, '"x" is a Float64Array where float32');
  await refused({ x: { data: new BigInt64Array(2), shape: [1, 2] } }, '"x" is a BigInt64Array where float32');
  // It still works.
  assertEquals((await session.run({ x })).y.data[0], 3);
});

Deno.test("session: inputs of half precision cannot be handed over, and the way round is told", async () => {
  const graph = new Graph();
  graph.output("y", exp(graph.input("x", "float16", [2])));
  await using session = await openSession(graph);
  const half = { data: Uint16Array.of(0x3c00, 0), shape: [2] };
  const message = 'inputs: "x" is float16, which cannot be handed over: cast float32 in the graph';
  await assertRejects(() => session.run({ x: half }), SessionError, message);
});

Deno.test("session: what fails while it runs is told in one line, and the session goes on", async () => {
  const graph = new Graph();
  const index = graph.input("index", "int64", [1]);
  graph.output("row", gather(graph.constant([1, 2, 3], "float32", [3, 1]), index));
  const [a, b] = ["a", "b"].map((name) => graph.input(name, "float32", ["n"]));
  graph.output("sum", add(a, b));
  await using session = await openSession(graph);
  const vector = (n: number): Tensor => ({ data: new Float32Array(n), shape: [n] });
  const run = (i: bigint, n: number) =>
    session.run({ index: { data: BigInt64Array.of(i), shape: [1] }, a: vector(n), b: vector(3) });
  for (const [i, n, message] of [[5n, 3, /^run: .*Gather.*5/], [0n, 2, /^run: .*Add/]] as const) {
    const error = await assertRejects(() => run(i, n), SessionError);
    assertMatch(error.message, message);
    assert(!error.message.includes("\n"), error.message);
  }
  assertEquals([...(await run(2n, 3)).row.data], [3]);
});

Deno.test("session: once disposed of it cannot run", async () => {
  const session = await openSession(small());
  await session[Symbol.asyncDispose]();
  await assertRejects(() => session.run({ x }), Error, "session: closed where an open one is expected");
});

Deno.test("session: bytes that are no model are refused in one line", async () => {
  const good = small().toBytes();
  const bad = [
    new Uint8Array(0),
    Uint8Array.of(1, 2, 3, 4),
    new Uint8Array(100).fill(255),
    good.subarray(0, good.length - 7),
    new TextEncoder().encode("<!DOCTYPE html>"),
  ];
  for (const bytes of bad) {
    const error = await assertRejects(() => openSession(bytes), SessionError);
    assertMatch(error.message, /^model: refused by the runtime: [^\n]+$/);
  }
});

Deno.test("session: an operator that the runtime lacks is named", async () => {
  const graph = new Graph();
  const input = graph.input("x", "float32", [2]);
  const [y] = graph.scope(
    "block",
    () => graph.node({ op: "NoSuchOperator", inputs: [input], outputs: [{ dtype: "float32", shape: [2] }] }),
  );
  graph.output("y", y);
  const error = await assertRejects(() => openSession(graph), SessionError);
  assertStringIncludes(error.message, "NoSuchOperator");
  assert(!error.message.includes("\n"));
});

// ---- Options ----

Deno.test("session: threads are whole numbers from 1", async () => {
  for (const threads of [0, -1, 1.5, NaN]) {
    await assertRejects(
      () => openSession(small(), { threads }),
      ArgumentError,
      `threads: ${threads} where a whole number from 1 is expected`,
    );
  }
});

Deno.test("session: results do not depend on threads, prepacking or planned memory", async () => {
  const graph = new Graph();
  const w = graph.initializer("w", "float32", normal([64, 64]));
  graph.output("y", matmul(graph.input("x", "float32", ["n", 64]), w));
  const input = normal([32, 64], 1);
  const options: SessionOptions[] = [{ threads: 1 }, { threads: 2 }, { prepack: false }, {
    memoryPattern: false,
  }];
  const found: Tensor[] = [];
  for (const option of options) {
    await using session = await openSession(graph, option);
    found.push((await session.run({ x: input })).y);
  }
  for (const y of found) y.data.forEach((v, i) => assert(Math.abs(v - found[0].data[i]) < 1e-4));
});

Deno.test("session: a signal that is aborted stops before the run, with its reason", async () => {
  await using session = await openSession(small());
  const reason = new Error("the user went away");
  const error = await assertRejects(() => session.run({ x }, { signal: AbortSignal.abort(reason) }));
  assertEquals(error, reason);
  const controller = new AbortController();
  assertEquals((await session.run({ x }, { signal: controller.signal })).y.data[0], 3);
});

Deno.test("session: a signal that is aborted during the run discards its results", async () => {
  await using session = await openSession(small());
  const controller = new AbortController();
  const run = session.run({ x }, { signal: controller.signal });
  controller.abort(new Error("too late"));
  await assertRejects(() => run, Error, "too late");
});

// ---- Devices ----

Deno.test("devices: unknown ones are refused before anything is loaded", async () => {
  const device = "tpu" as "cpu";
  const message = 'device: "tpu" where one of cpu, cuda, webgpu, auto is expected';
  await assertRejects(() => openSession(small(), { device }), RangeError, message);
});

Deno.test("devices: what each choice stands for", () => {
  assertEquals([...devices], ["cpu", "cuda", "webgpu", "auto"]);
  assertEquals(attemptsFor("auto").map(({ name }) => name), ["cuda", "webgpu", "cpu"]);
  assertEquals(attemptsFor("cuda").map(({ name }) => name), ["cuda"]);
});

Deno.test("run: too little memory is told so, and the session goes on", async () => {
  const graph = new Graph();
  const column = graph.input("column", "float32", ["n", 1]);
  graph.output("y", matmul(column, graph.input("row", "float32", [1, "m"])));
  // More than any address can reach: 2^46 numbers.
  const long = new Float32Array(2 ** 23);
  for (const arena of [true, false]) {
    await using session = await openSession(graph, { arena });
    const inputs = {
      column: { data: long, shape: [long.length, 1] },
      row: { data: long, shape: [1, long.length] },
    };
    const error = await assertRejects(() => session.run(inputs), SessionError);
    assertMatch(error.message, /^run: out of memory: (281000 GB|2.81e\+5 GB|a buffer) for node "\w+"/);
    const one = { data: Float32Array.of(3), shape: [1, 1] };
    assertEquals([...(await session.run({ column: one, row: one })).y.data], [9]);
  }
});

Deno.test("devices: the runtime's errors are translated", () => {
  const explain = (device: "cuda" | "webgpu" | "cpu", message: string) =>
    attemptsFor(device)[0].explain(message);
  const cases: ["cuda" | "webgpu", string, string][] = [
    [
      "cuda",
      "Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared " +
      "object file: No such file or directory",
      "the libraries of CUDA (cudart, cublas, curand) or cuDNN are not installed",
    ],
    [
      "cuda",
      "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library",
      "the runtime's CUDA provider, or a library that it needs, is not installed",
    ],
    [
      "cuda",
      "Failed to load library libonnxruntime_providers_cuda.so with error: cannot open shared object file",
      "the runtime's CUDA provider, or a library that it needs, is not installed",
    ],
    ["cuda", "CUDA failure 100: no CUDA-capable device is detected ; GPU=-1", "there is no CUDA device"],
    ["webgpu", "Failed to get a WebGPU adapter: No supported adapters", "there is no WebGPU device"],
  ];
  for (const [device, message, expected] of cases) {
    const line = explain(device, `${message}\nand a second line`);
    assertStringIncludes(line, `does not work here, ${expected}`);
    assertStringIncludes(line, `(${message})`);
    assert(!line.includes("\n"));
  }
  assertEquals(explain("cuda", "something new"), "does not work here (something new)");
  assertEquals(explain("cpu", "bad\nmodel"), "refused by the runtime: bad");
});

interface Outcome {
  device?: string;
  y?: number[];
  name?: string;
  message?: string;
  fallbacks: string[];
}

/** Opens a session in a process of its own: a device's driver may abort, or never answer. */
async function openElsewhere(device: string): Promise<Outcome> {
  const command = new Deno.Command("deno", {
    args: [
      "run",
      "--no-check",
      "--allow-read",
      "--allow-ffi",
      "--allow-env",
      "--allow-sys",
      new URL("open_on_device.ts", import.meta.url).href,
      device,
    ],
    stderr: "piped",
    signal: AbortSignal.timeout(30_000),
  });
  const { code, signal, stdout, stderr } = await command.output();
  const errors = new TextDecoder().decode(stderr);
  assertEquals([code, signal], [0, null], errors);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const run = await Deno.permissions.query({ name: "run", command: "deno" });
const ignore = run.state !== "granted";

for (const device of ["cuda", "webgpu"]) {
  Deno.test({ name: `devices: ${device} works, or says in one line why not`, ignore }, async () => {
    const { device: found, y, name, message = "", fallbacks } = await openElsewhere(device);
    assertEquals(fallbacks, []);
    if (found) {
      assertEquals([found, y], [device, [2, 3]]);
    } else {
      assertEquals(name, "DeviceError");
      assertMatch(message, new RegExp(`^device: ${device} does not work here, [^\\n]+ \\([^\\n]+\\)$`));
    }
  });
}

Deno.test(
  { name: "devices: auto takes the first that works, and tells of those before", ignore },
  async () => {
    const { device, y, fallbacks } = await openElsewhere("auto");
    assertEquals(y, [2, 3]);
    const order = ["cuda", "webgpu", "cpu"];
    const passed = order.slice(0, order.indexOf(device!));
    assertEquals(fallbacks.map((line) => line.split(" ")[1]), passed);
    for (const line of fallbacks) assertMatch(line, /^device: \w+ does not work here, [^\n]+$/);
  },
);
