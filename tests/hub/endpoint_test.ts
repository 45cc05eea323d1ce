/** `deno task models pull` from a hub that the task may not reach. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { filesBelow, REPO, type Scene, scene } from "./repository.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

function environment(stage: Scene): Record<string, string> {
  return {
    HF_HOME: join(stage.folder, "hf"),
    HF_HUB_CACHE: "",
    HF_TOKEN_PATH: "",
    HF_TOKEN: "",
    DENOISE_CACHE: join(stage.folder, "denoise"),
  };
}

async function deno(args: string[], env: Record<string, string>) {
  const { code, stderr } = await new Deno.Command("deno", { args, env, cwd: root, stdin: "null" }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** The words of a command line, as a shell takes it apart. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'((?:[^']|'\\'')*)'|\S+/g)].map(([word, inner]) =>
    inner?.replaceAll("'\\''", "'") ?? word
  );
}

Deno.test("HF_ENDPOINT of another host: the message gives a command, and that works", async () => {
  await using stage = await scene();
  const { endpoint } = stage.server;
  const task = ["task", "--quiet", "models", "pull", REPO, "--components", "unet,scheduler"];
  const refused = await deno(task, { ...environment(stage), HF_ENDPOINT: endpoint });
  assertEquals(refused.code, 1);
  assertMatch(
    refused.stderr,
    /^error: HF_ENDPOINT: "127\.0\.0\.1" where a host that the task has permission for is expected \(this command has it: [^\n]+\)\n$/,
  );
  const [variable, program, ...args] = wordsOf(
    refused.stderr.trim().slice(0, -1).split("this command has it: ")[1],
  );
  assertEquals([variable, program], [`HF_ENDPOINT=${endpoint}`, "deno"]);
  const pulled = await deno(args, { ...environment(stage), HF_ENDPOINT: endpoint });
  assertEquals(pulled, { code: 0, stderr: "" });
  const files = await filesBelow(join(stage.folder, "denoise", "models", REPO));
  assertEquals(files.includes("unet/config.json"), true);
});
