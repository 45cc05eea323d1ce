/** Opens and describes a model by its URL, and prints what it is. */
import { describeModel } from "../../lib/models/describe.ts";
import { loadModel } from "../../lib/models/load.ts";
import type { MnistModel } from "../../lib/models/mnist.ts";

const [url] = Deno.args;
await using model = await loadModel(url, { threads: 1 });
const { bytes } = await describeModel(url);
const { classes, device } = model as MnistModel;
console.log(JSON.stringify({ classes, bytes, device }));
