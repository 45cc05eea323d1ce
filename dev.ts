/**
 * Builds the gallery (`build`, with `--if-needed` only where something has changed), or serves it while it is being written.
 *
 * @module
 */
import { buildIsCurrent } from "./server/build_state.ts";

const root = import.meta.dirname!;
const builds = Deno.args.includes("build");
if (!builds || !Deno.args.includes("--if-needed") || !await buildIsCurrent(root)) {
  // Not before: loading Fresh's own builder takes permissions that nothing else here needs.
  const { Builder } = await import("fresh/dev");
  const builder = new Builder({ root });
  if (builds) {
    await builder.build();
    const { writeTab } = await import("./bundle/write_tab.ts");
    await writeTab();
  } else await builder.listen(() => import("./main.ts"), { hostname: "127.0.0.1", port: 8000 });
}
