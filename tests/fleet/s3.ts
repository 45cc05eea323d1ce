/** A service that speaks S3, in a process of its own: s3rver. */
import type { BucketKeys } from "../../server/store/bucket_objects.ts";
import type { BucketAddress } from "../../server/store/store_address.ts";

/** A bucket that is removed when it is disposed of. */
export interface TestBucket extends AsyncDisposable {
  readonly address: BucketAddress;
  readonly keys: BucketKeys;
}

/** The keys that s3rver takes. */
const keys: BucketKeys = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

/** Starts the service with one bucket. */
export async function startS3(): Promise<TestBucket> {
  const folder = await Deno.makeTempDir({ prefix: "s3-" });
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-all", "npm:s3rver@3.7.1"],
      ...[
        "--directory",
        folder,
        "--address",
        "127.0.0.1",
        "--port",
        "0",
        "--configure-bucket",
        "results",
        "--silent",
      ],
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let port: string | undefined;
  while (port === undefined) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`s3rver did not start: ${text}`);
    port = /:(\d+)\s/.exec(text += value)?.[1];
  }
  return {
    address: { endpoint: `http://127.0.0.1:${port}`, bucket: "results", region: "us-east-1" },
    keys,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
