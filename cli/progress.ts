/** Progress bars. */
// @ts-types="@types/cli-progress"
import { Presets, SingleBar } from "cli-progress";

/** A progress bar from 0 to a total; disposing of it removes it from the screen. */
export interface ProgressBar extends Disposable {
  /** Moves the bar. */
  update(done: number): void;
}

/**
 * Shows a progress bar on standard error if that is a terminal.
 *
 * @param label What is under way.
 * @param total How much there is to do.
 * @param unit What it is counted in.
 */
export function showProgress(label: string, total: number, unit: string): ProgressBar {
  if (!Deno.stderr.isTerminal()) return { update() {}, [Symbol.dispose]() {} };
  const bar = new SingleBar({
    format: `${label} {bar} {value}/{total} ${unit}, {eta_formatted} left`,
    barsize: 30,
    clearOnComplete: true,
    hideCursor: null, // it would stay hidden if the process ended hard
  }, Presets.shades_classic);
  bar.start(total, 0);
  let shown = true;
  return {
    update: (done) => bar.update(done),
    [Symbol.dispose]: () => {
      if (shown) bar.stop();
      shown = false;
    },
  };
}
