/** The examples run as their headers say: that command, those permissions. Only the number of steps is cut. */
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeImage } from "../../lib/image.ts";
import { temporaryFolder } from "../models/checkpoints.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What each example leaves: heights and widths of the images it writes, or what it prints. */
const outcomes: Record<
  string,
  { readonly images?: Record<string, [height: number, width: number]>; readonly prints?: RegExp }
> = {
  "anagram.ts": { images: { "anagram.png": [32, 66] } },
  "custom_denoiser.ts": { images: { "custom_denoiser.png": [118, 118] } },
  "custom_sampler.ts": { images: { "custom_sampler.png": [118, 118] } },
  "digits.ts": {
    images: { "digits.png": [58, 58], "digits-preview.png": [58, 58] },
    prints: /step 4, t = \d/,
  },
  "gradients.ts": { prints: /step 5000: f\(0\.99\d*, 0\.98\d*\) = 0\.0000/ },
  "hybrid.ts": { images: { "hybrid.png": [66, 66] } },
  "image_to_image.ts": { images: { "image_to_image.png": [66, 100] } },
  "inpainting.ts": { images: { "inpainting.png": [32, 66] } },
  "pytorch_noise.ts": { prints: /^1\.5410 -0\.2934 -2\.1788 0\.5684\n[^]*\ntrue\n$/ },
  "text_to_image.ts": { images: { "text_to_image.png": [258, 258] }, prints: /4, 3, 128, 128/ },
  "train_spirals.ts": { prints: /step 300: loss 0\.00/ },
};

/** The arguments of `deno` in an example's header. */
function headerArguments(code: string): string[] {
  const command = /^ \* {5}deno (.*?)$(?!.*\\$)/ms.exec(code.replaceAll(/\\\n \*\s+/g, ""))?.[1];
  assert(command, "a header with a command");
  return command.trim().split(/\s+/);
}

/** Four steps where a user would take dozens. */
function shortened(code: string): string {
  return code.replaceAll(/numInferenceSteps: \d+/g, "numInferenceSteps: 4")
    .replaceAll(/trailingTimesteps\(\d+/g, "trailingTimesteps(4");
}

Deno.test("every example is tested, fits on a screen, and names its own file in its command", async () => {
  const names = await Array.fromAsync(Deno.readDir(join(root, "examples")), ({ name }) => name);
  assertEquals(names.filter((name) => name.endsWith(".ts")).sort(), Object.keys(outcomes).sort());
  for (const name of Object.keys(outcomes)) {
    const code = await Deno.readTextFile(join(root, "examples", name));
    assertLess(code.split("\n").length, 40, name);
    assertEquals(headerArguments(code).at(-1), `examples/${name}`);
    for (const [, specifier] of code.matchAll(/ from "(.+)";$/gm)) {
      assert(/^@denoise\/denoise(\/[a-z]+)?$/.test(specifier), `${name} imports ${specifier}`);
    }
  }
});

for (const [name, { images = {}, prints = /^/ }] of Object.entries(outcomes)) {
  Deno.test(`examples/${name} runs with the permissions it asks for`, async () => {
    await using folder = await temporaryFolder();
    const code = await Deno.readTextFile(join(root, "examples", name));
    const [out, file] = [join(folder.path, "out"), join(folder.path, name)];
    await Deno.writeTextFile(file, shortened(code).replaceAll('"out', `"${out}`));
    const [, ...args] = headerArguments(code).slice(0, -1);
    const { code: status, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--no-prompt", `--config=${join(root, "deno.json")}`],
        ...args.map((arg) => arg === "--allow-write=out" ? `--allow-write=${out}` : arg),
        file,
      ],
      cwd: root,
    }).output();
    const [printed, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assertEquals([status, errors], [0, ""]);
    assert(prints.test(printed), printed);
    const written = Object.keys(images).length ? await Array.fromAsync(Deno.readDir(out)) : [];
    assertEquals(written.map((entry) => entry.name).sort(), Object.keys(images).sort());
    for (const [image, size] of Object.entries(images)) {
      const { shape, data } = await decodeImage(await Deno.readFile(join(out, image)));
      assertEquals(shape.slice(1), size, image);
      assertGreater(new Set(data).size, 10, `${image} shows something`);
    }
  });
}
