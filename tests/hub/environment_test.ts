import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { HubError } from "../../lib/checkpoints/hub.ts";
import {
  endpointInEnvironment,
  pulledModelsFolder,
  readToken,
  sharedCacheFolder,
} from "../../lib/checkpoints/hub/environment.ts";
import { temporaryFolder } from "../models/checkpoints.ts";

const environment = (variables: Record<string, string>) => (name: string) => variables[name];

Deno.test("the shared cache is where the hub's other tools have it", () => {
  const folders: [Record<string, string>, string][] = [
    [{}, "/home/me/.cache/huggingface/hub"],
    [{ XDG_CACHE_HOME: "/cache" }, "/cache/huggingface/hub"],
    [{ XDG_CACHE_HOME: "/cache", HF_HOME: "/hf" }, "/hf/hub"],
    [{ HF_HOME: "/hf", HF_HUB_CACHE: "/hub" }, "/hub"],
    [{ HF_HOME: "", HF_HUB_CACHE: "" }, "/home/me/.cache/huggingface/hub"],
    [{ HF_HUB_CACHE: "~/hub" }, "/home/me/hub"],
  ];
  for (const [variables, folder] of folders) {
    assertEquals(sharedCacheFolder(environment({ HOME: "/home/me", ...variables })), folder);
  }
});

Deno.test("pulled models lie in a cache of this library's own", () => {
  const home = { HOME: "/home/me" };
  assertEquals(pulledModelsFolder(environment(home)), "/home/me/.cache/denoise/models");
  assertEquals(
    pulledModelsFolder(environment({ ...home, XDG_CACHE_HOME: "/cache" })),
    "/cache/denoise/models",
  );
  assertEquals(pulledModelsFolder(environment({ DENOISE_CACHE: "/denoise" })), "/denoise/models");
  assertEquals(
    pulledModelsFolder(environment({ USERPROFILE: "/users/me" })),
    "/users/me/.cache/denoise/models",
  );
  assertThrows(() => pulledModelsFolder(environment({})), HubError, "HOME: not set");
});

Deno.test("a token is taken from its variable, else from the file of logging in", async () => {
  await using folder = await temporaryFolder();
  const HF_HOME = folder.path;
  assertEquals(await readToken(environment({ HF_HOME })), undefined);
  await Deno.writeTextFile(join(HF_HOME, "token"), "hf_file\n");
  await Deno.writeTextFile(join(HF_HOME, "other"), " \n");
  assertEquals(await readToken(environment({ HF_HOME })), "hf_file");
  assertEquals(await readToken(environment({ HF_HOME, HF_TOKEN: " hf_variable " })), "hf_variable");
  assertEquals(await readToken(environment({ HF_TOKEN: "hf_variable" })), "hf_variable");
  assertEquals(await readToken(environment({ HF_HOME, HF_TOKEN_PATH: join(HF_HOME, "other") })), undefined);
  await assertRejects(
    () => readToken(environment({ HF_TOKEN_PATH: HF_HOME })),
    HubError,
    `${HF_HOME}: the access token cannot be read`,
  );
});

Deno.test("the endpoint is the public hub's, unless a variable says otherwise", () => {
  assertEquals(endpointInEnvironment(environment({ HF_ENDPOINT: "" })), undefined);
  assertEquals(endpointInEnvironment(environment({ HF_ENDPOINT: "https://hub" })), "https://hub");
});
