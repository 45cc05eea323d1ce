/** The progress of a training run: a bar on a terminal, occasional lines in logs. */
// @ts-types="@types/cli-progress"
import { Presets, SingleBar } from "cli-progress";
import type { TrainEvent } from "../../recipes/train.ts";

/** Shows a run's events. */
export interface TrainingProgress extends Disposable {
  /** Shows a step. */
  update(event: TrainEvent): void;
}

/** Steps between two lines of a log. */
const LOG_EVERY = 50;

/** The smoothing of the shown loss and speed. */
const SMOOTHING = 0.95;

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** How a run is shown. */
export interface ShowTrainingOptions {
  /** Whether logs have a line for the end of each epoch, not just of the run; defaults to true. */
  readonly epochs?: boolean;
}

/** Shows a run on standard error: as a bar if that is a terminal, else as lines. */
export function showTraining(name: string, { epochs = true }: ShowTrainingOptions = {}): TrainingProgress {
  let loss: number | undefined;
  let speed: number | undefined;
  let bar: SingleBar | undefined;
  const terminal = Deno.stderr.isTerminal();
  const smooth = (before: number | undefined, now: number) => {
    return before === undefined ? now : SMOOTHING * before + (1 - SMOOTHING) * now;
  };
  return {
    update(event) {
      loss = smooth(loss, event.loss);
      speed = smooth(speed, event.imagesPerSecond);
      const shown = {
        epoch: event.epoch,
        loss: loss.toPrecision(4),
        speed: speed.toFixed(0),
        left: duration(event.secondsLeft),
      };
      if (terminal) {
        if (!bar) {
          bar = new SingleBar({
            format: `${name} {bar} {value}/{total} epoch {epoch}, loss {loss}, {speed} images/s, {left} left`,
            barsize: 24,
            hideCursor: null, // it would stay hidden if the process ended hard
          }, Presets.shades_classic);
          bar.start(event.steps, event.step, shown);
        }
        bar.update(event.step, shown);
      } else if (event.step % LOG_EVERY === 0 || (epochs ? event.epochEnded : event.step === event.steps)) {
        const { epoch, left } = shown;
        console.error(
          `${name} ${event.step}/${event.steps} epoch ${epoch}, loss ${shown.loss}, ${shown.speed} images/s, ${left} left`,
        );
      }
    },
    [Symbol.dispose]() {
      bar?.stop();
    },
  };
}
