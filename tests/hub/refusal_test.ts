import { assert, assertEquals, assertIsError, assertMatch, assertRejects } from "@std/assert";
import { HubError, type HubErrorReason, pullModel, type PullOptions } from "../../lib/checkpoints/hub.ts";
import { filesBelow, REPO, type Scene, scene, TOKEN, UNET } from "./repository.ts";
import type { ListingEntry } from "./server.ts";

/** A pull that must fail, with one line; nothing is left of it among the models. */
async function refuse(
  stage: Scene,
  reason: HubErrorReason,
  message: string | RegExp,
  options: PullOptions = {},
  repo = REPO,
): Promise<void> {
  const error = await assertRejects(() => pullModel(repo, { ...stage.options, ...options }), HubError);
  assertIsError(error, HubError, message);
  assertEquals(error.reason, reason, error.message);
  assert(!error.message.includes("hf_"), "no token in errors");
  assert(!/\n/.test(error.message), error.message);
  assertEquals(await filesBelow(stage.models), []);
}

Deno.test("a gated repository says where to accept its licence", async () => {
  await using stage = await scene();
  stage.repo.gatedFor = [TOKEN];
  const page = `${stage.server.endpoint}/${REPO}`;
  await refuse(
    stage,
    "denied",
    `${REPO}: access is gated: accept the licence at ${page} with an account, and give an access token of it in HF_TOKEN`,
  );
  stage.server.tokens.add("hf_other");
  await refuse(stage, "denied", `the token's account must accept the licence at ${page}`, {
    token: "hf_other",
  });
  await pullModel(REPO, { ...stage.options, token: TOKEN });
});

Deno.test("a repository or a revision that does not exist is said not to", async () => {
  await using stage = await scene();
  const host = new URL(stage.server.endpoint).host;
  const none = `no/thing: does not exist at ${host}, or it is private and needs an access token (HF_TOKEN)`;
  await refuse(stage, "missing", none, {}, "no/thing");
  await refuse(stage, "missing", "or the access token cannot see it", { token: TOKEN }, "no/thing");
  await refuse(stage, "missing", `revision: "v2" where a branch, a tag or a commit of ${REPO}`, {
    revision: "v2",
  });
  stage.repo.privateFor = [TOKEN];
  await refuse(stage, "missing", `${REPO}: does not exist`);
});

Deno.test("a token that is not valid is said not to be", async () => {
  await using stage = await scene();
  await refuse(stage, "denied", /does not accept the access token \(HF_TOKEN\)$/, { token: "hf_wrong" });
});

Deno.test("a token is not for other hosts, nor other ports", async () => {
  await using stage = await scene();
  stage.repo.gatedFor = [TOKEN];
  stage.server.pageSize = 5;
  await pullModel(REPO, { ...stage.options, token: TOKEN });
  const asked = { hub: 0, cdn: 0 };
  for (const { server, authorization } of stage.server.received) {
    assertEquals(authorization, server === "hub" ? `Bearer ${TOKEN}` : undefined);
    asked[server]++;
  }
  assert(asked.cdn > 0 && asked.hub > asked.cdn);
});

Deno.test("without a network, a pull says so at once", async () => {
  await using stage = await scene();
  const { endpoint } = stage.server;
  await stage.server[Symbol.asyncDispose]();
  const began = performance.now();
  await refuse(stage, "connection", /^no connection to 127\.0\.0\.1:\d+ \(.+\): is this machine offline\?$/, {
    endpoint,
    retryDelay: 10_000,
  });
  assert(performance.now() - began < 5000);
});

Deno.test("what is no hub is said to be none", async () => {
  await using stage = await scene();
  stage.server.page = "<html>Please log in to the wireless network</html>";
  await refuse(stage, "corrupt", /127\.0\.0\.1:\d+ does not answer like a hub/);
  stage.server.page = "null";
  await refuse(stage, "corrupt", "does not answer like a hub");
  stage.server.page = '{"sha":"../../x"}';
  await refuse(stage, "corrupt", '"../../x" where a commit is expected');
});

Deno.test("redirects that lead nowhere, round in circles or to other protocols are refused", async () => {
  await using stage = await scene();
  const options = { components: ["unet"] };
  stage.server.redirect = "file:///etc/passwd";
  await refuse(
    stage,
    "connection",
    'redirects to "file:///etc/passwd" where an address is expected',
    options,
  );
  stage.server.redirect = `/${REPO}/resolve/${stage.repo.commit}/${UNET}`;
  await refuse(stage, "connection", "redirects more than 10 times", options);
  stage.server.redirect = `${stage.server.endpoint}/${REPO}/resolve/${stage.repo.commit}/none`;
  await refuse(stage, "missing", "/none does not exist", options);
});

Deno.test("a host that the process may not reach is named", async () => {
  await using stage = await scene();
  stage.server.redirect = "http://cdn.invalid/file";
  const error = await assertRejects(
    () => pullModel(REPO, { ...stage.options, components: ["unet"] }),
    Deno.errors.NotCapable,
  );
  assertMatch(error.message, /net access to "cdn\.invalid:80"/);
});

Deno.test("a listing cannot name files outside of the repository's folder", async () => {
  await using stage = await scene();
  const good = { type: "file", size: 3, oid: "0".repeat(40) };
  const paths = [
    "../x",
    "unet/../../x",
    "/etc/x",
    "C:/x",
    "unet\\..\\x",
    "unet//x",
    "./x",
    "",
    "unet/\u0000",
    7,
    null,
  ];
  const bad: ListingEntry[] = paths.map((path) => ({ ...good, path }));
  for (const entry of bad) {
    stage.server.entries = [entry];
    await refuse(stage, "corrupt", "where a path within the repository is expected");
  }
  const name = "unet/config.json";
  for (
    const entry of [
      { ...good, path: name, oid: "../../../../x" },
      { ...good, path: name, oid: undefined },
      { ...good, path: name, size: -1 },
      { ...good, path: name, size: "3" },
      { ...good, path: name, lfs: { oid: "../x", size: 3, pointerSize: 1 } },
    ]
  ) {
    stage.server.entries = [entry];
    await refuse(stage, "corrupt", `${REPO}: ${name}: a size and a hash are expected in the listing`);
  }
  assertEquals((await filesBelow(stage.folder)).filter((path) => !path.startsWith("hub/")), []);
});

Deno.test("a folder that cannot be written to is named", async () => {
  await using stage = await scene();
  const file = `${stage.folder}/file`;
  await Deno.writeTextFile(file, "");
  await refuse(stage, "storage", `${file}/hub: cannot be used: `, { sharedCache: `${file}/hub` });
  const error = await assertRejects(
    () => pullModel(REPO, { ...stage.options, modelsFolder: file }),
    HubError,
  );
  assertIsError(error, HubError, `${file}: cannot be used: `);
});
