/**
 * Builds the gallery (`build`, with `--if-needed` only where something has changed), or serves it while it is being written.
 *
 * @module
 */
import { Builder } from "fresh/dev";
import { buildIsCurrent } from "./server/build_state.ts";

const root = import.meta.dirname!;
const builder = new Builder({ root });
if (!Deno.args.includes("build")) {
  await builder.listen(() => import("./main.ts"), { hostname: "127.0.0.1", port: 8000 });
} else if (!Deno.args.includes("--if-needed") || !await buildIsCurrent(root)) {
  await builder.build();
}
