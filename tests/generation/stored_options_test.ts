/** What images store of themselves: this version's, and earlier ones'. */
import { assertEquals, assertThrows } from "@std/assert";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { generationText, readGenerationText } from "../../lib/generation/mod.ts";

/** Texts of images, as the versions before this module have written them. */
const texts = {
  digits:
    '{"task":"sample","format":1,"prompt":"42","model":"mnist-class","weights":"0123456789abcdef","sampler":"dpm-solver++",' +
    '"steps":4,"guidance":5,"seed":3,"count":2,"scale":1,"picture":3}',
  "digits without classes":
    '{"task":"sample","format":1,"prompt":null,"model":"mnist-time","weights":"0123456789abcdef","sampler":"ddim",' +
    '"steps":4,"guidance":null,"seed":-3,"count":2,"scale":1}',
  text: '{"task":"text-to-image","format":1,"prompts":["a cat","a dog"],"negative":"fog","model":"emoji-I",' +
    '"weights":"f205e1e8a8cb0597","sampler":"ddpm","steps":3,"guidance":0.5,"guidanceRule":"formula","seed":3,"count":2,' +
    '"scale":2,"height":32,"width":48,"variant":"fp16","image":null,"strength":null,"mask":null,"upscale":null}',
  "an image inpainted and upscaled":
    '{"task":"text-to-image","format":1,"prompts":["a cat"],"negative":"","model":"emoji-I",' +
    '"weights":"f205e1e8a8cb0597","sampler":"dpm-solver++","steps":3,"guidance":7,"seed":3,"count":2,"scale":1,' +
    '"image":{"path":"a.png","digest":"12"},"keepAspect":true,"strength":0.7,"mask":{"path":"b.png","digest":"34"},' +
    '"upscale":{"model":"emoji-II","weights":"e069ede9bb96ae73","steps":2,"sampler":"ddpm","guidance":1,"noiseLevel":100}}',
  "an image repainted":
    '{"task":"text-to-image","format":1,"prompts":["a cat"],"negative":"","model":"emoji-I",' +
    '"weights":"f205e1e8a8cb0597","sampler":"ddpm","steps":3,"guidance":7,"seed":3,"count":1,"scale":1,' +
    '"image":{"path":"a.png","digest":"12"},"strength":1,"mask":{"path":"b.png","digest":"34"},' +
    '"rule":"repaint","jumps":3,"upscale":null}',
  anagram: '{"task":"text-to-image","format":1,"prompts":["a cat"],"negative":"","model":"emoji-I",' +
    '"weights":"f205e1e8a8cb0597","sampler":"ddpm","steps":3,"guidance":2.5,"seed":3,"count":2,"scale":1,"image":null,' +
    '"strength":null,"mask":null,"upscale":null,"anagram":[{"view":"rotate-180","prompt":"a dog"},' +
    '{"view":"skew","prompt":"a fox"}],"seeds":[3,7],"picture":1}',
  hybrid: '{"task":"text-to-image","format":1,"prompts":["a cat"],"negative":"","model":"emoji-I",' +
    '"weights":"f205e1e8a8cb0597","sampler":"ddpm","steps":3,"guidance":2.5,"seed":3,"count":1,"scale":1,"image":null,' +
    '"strength":null,"mask":null,"upscale":null,"hybrid":"a dog"}',
  "an image guided at some timesteps":
    '{"task":"text-to-image","format":1,"prompts":["a cat"],"negative":"","model":"emoji-I",' +
    '"weights":"f205e1e8a8cb0597","sampler":"ddpm","steps":3,"guidance":2.5,"guidanceInterval":[200,800],"cacheInterval":3,"seed":3,' +
    '"count":1,"scale":1,"image":null,"strength":null,"mask":null,' +
    '"upscale":{"model":"emoji-II","weights":"e069ede9bb96ae73","steps":2,"guidance":4,"guidanceInterval":[0,500],"cacheInterval":2}}',
  "an image with LoRAs":
    '{"task":"text-to-image","format":1,"prompts":["a cat"],"negative":"","model":"emoji-I",' +
    '"weights":"f205e1e8a8cb0597","sampler":"ddpm","steps":3,"guidance":2.5,"seed":3,"count":1,"scale":1,"image":null,' +
    '"strength":null,"mask":null,"upscale":{"model":"emoji-II","weights":"e069ede9bb96ae73","steps":2,' +
    '"loras":[{"path":"b","digest":"34","scale":1}]},"timesteps":[900,500,0],"loras":[{"path":"a","digest":"12","scale":-0.5}]}',
  "an image with learned tokens":
    '{"task":"text-to-image","format":1,"prompts":["a <mine>"],"negative":"","model":"emoji-I",' +
    '"weights":"f205e1e8a8cb0597","sampler":"ddpm","steps":3,"guidance":2.5,"seed":3,"count":1,"scale":1,"image":null,' +
    '"strength":null,"mask":null,"upscale":null,"learnedTokens":[{"path":"a","digest":"12"},{"path":"b","digest":"34"}]}',
};

for (const [name, text] of Object.entries(texts)) {
  Deno.test(`${name}: what an image stores is read, and stored again to the letter`, () => {
    const { options, picture } = readGenerationText(text);
    assertEquals(generationText(options, picture), { denoise: text });
  });
}

Deno.test("options are those of the image", () => {
  assertEquals(readGenerationText(texts.anagram), {
    options: {
      of: "text",
      prompts: ["a cat"],
      negative: "",
      model: "emoji-I",
      weights: "f205e1e8a8cb0597",
      sampler: "ddpm",
      steps: 3,
      guidance: 2.5,
      seed: 3,
      count: 2,
      scale: 1,
      image: null,
      strength: null,
      mask: null,
      upscale: null,
      effect: {
        name: "anagram",
        parts: [{ view: "rotate-180", prompt: "a dog" }, { view: "skew", prompt: "a fox" }],
      },
      seeds: [3, 7],
    },
    picture: 1,
  });
  assertEquals(readGenerationText(texts["digits without classes"]).options.prompts, []);
});

Deno.test("a scale below 1 without a rule was drawn as 1, but for effects", () => {
  const guidanceOf = (text: string) => readGenerationText(text.replace("2.5", "0.5")).options.guidance;
  const plain = texts.hybrid.replace(',"hybrid":"a dog"', "");
  assertEquals([guidanceOf(plain), guidanceOf(texts.hybrid)], [1, 0.5]);
});

Deno.test("what no image has stored is refused by its name", () => {
  const cases: [text: string, from: string, to: string, message: string][] = [
    [texts.text, '"steps":3', '"steps":0', '"steps" is 0 where a whole number of at least 1 is expected'],
    [texts.text, '["a cat","a dog"]', "[]", '"prompts" is [] where a list of texts is expected'],
    [texts.text, '"format":1', '"format":2', '"format" is 2 where 1 is expected'],
    [texts.text, '"count":2', '"count":1001', '"count" is 1001 where a whole number from 1 to 1000'],
    [
      texts.digits,
      "dpm-solver++",
      "rk4",
      '"sampler" is "rk4" where one of ddpm, ddim, ',
    ],
    [texts.anagram, "rotate-180", "up", 'anagram: "view" is "up" where one of identity, flip'],
    [
      texts["an image with learned tokens"],
      '"digest":"34"',
      '"digest":34',
      'learnedTokens: "digest" is 34 where a text',
    ],
    [texts.hybrid, '"hybrid":"a dog"', '"hybrid":7', '"hybrid" is 7 where a text is expected'],
    [
      texts["an image with LoRAs"],
      '"scale":-0.5',
      '"scale":"much"',
      'loras: "scale" is "much" where a number',
    ],
    [texts["an image with LoRAs"], '[{"path":"a"', '[7,{"path":"a"', '"loras" is [7,'],
    [texts.hybrid, '"hybrid":"a dog"', '"anagram":[]', '"anagram" is [] where a list is expected'],
  ];
  for (const [text, from, to, message] of cases) {
    assertThrows(() => readGenerationText(text.replace(from, to)), CheckpointError, message);
  }
  assertThrows(() => readGenerationText("null"), CheckpointError, '"task" is missing');
});
