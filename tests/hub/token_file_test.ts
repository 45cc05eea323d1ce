/** The file of an access token, as editors save it. */
import { assertEquals, assertRejects } from "@std/assert";
import { HubError } from "../../lib/checkpoints/hub/error.ts";
import { readToken } from "../../lib/checkpoints/hub/environment.ts";

Deno.test("a token's file may be UTF-16; what is no text is refused with the byte's place", async () => {
  const path = await Deno.makeTempFile();
  try {
    const token = () => readToken((name) => name === "HF_TOKEN_PATH" ? path : undefined);
    await Deno.writeFile(
      path,
      Uint8Array.of(0xff, 0xfe, ...[..."hf_x\r\n"].flatMap((c) => [c.charCodeAt(0), 0])),
    );
    assertEquals(await token(), "hf_x");
    await Deno.writeFile(path, Uint8Array.of(0x68, 0xe9));
    await assertRejects(token, HubError, "0xe9 at byte 1");
  } finally {
    await Deno.remove(path);
  }
});
