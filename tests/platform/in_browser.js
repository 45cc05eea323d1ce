// Loads a bundle of the library as a browser's page does, without the globals of Deno and Node and without shared memory, and
// computes something with it.
const [address] = Deno.args;
for (const name of ["Deno", "process", "Buffer", "global", "SharedArrayBuffer"]) delete globalThis[name];

const { checkpoints, platform } = await import(address);
const { Config, encodeSafetensors, SafetensorsFile } = checkpoints;
const { MemoryFiles } = platform;
const files = new MemoryFiles({
  "unet/config.json": JSON.stringify({ sample_size: 28 }),
  "unet/weights.safetensors": encodeSafetensors({ x: { data: Float32Array.of(1, 2), shape: [2] } }),
});
const config = await Config.read("config.json", files.folder("unet"));
const weights = await SafetensorsFile.open("unet/weights.safetensors", files);
const { data } = await weights.read("x");
console.log(config.whole("sample_size"), ...data);
