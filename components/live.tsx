/** What can be moved on a section's page without a run. */
import NoiseSlider from "../islands/NoiseSlider.tsx";
import GuidanceSlider from "../islands/GuidanceSlider.tsx";
import ScheduleCurves from "../islands/ScheduleCurves.tsx";
import { openTextToImage } from "../lib/pipelines/mod.ts";
import type { Form } from "../server/form.ts";
import { type NoiseLevel, noiseLevelsOf } from "../server/noise_levels.ts";

/** What {@linkcode Live} is made of, as plain data; nothing for most sections. */
export type LiveData =
  | { readonly kind: "noise-slider"; readonly levels: readonly NoiseLevel[] }
  | { readonly kind: "schedules"; readonly picture: string; readonly title: string }
  | ({ readonly kind: "guidance-slider" } & GuidanceData);

/** What the slider of guidance asks, and of what. */
interface GuidanceData {
  readonly model: string;
  /** Bytes of the model's files. */
  readonly bytes: number;
  /** The last timestep. */
  readonly last: number;
  readonly prompt: string;
}

/** What of it belongs to a section. */
export async function liveDataOf(section: string, form: Form): Promise<LiveData | undefined> {
  switch (section) {
    case "one-step":
      return { kind: "noise-slider", levels: await noiseLevelsOf(String(form.start.model)) };
    case "forward": {
      const picture = form.images.find(({ id }) => id === form.start.image);
      return picture && { kind: "schedules", picture: picture.src, title: picture.title };
    }
    case "guidance": {
      const { model, scaled } = form.start;
      const bytes = form.tab?.models[String(model)];
      if (bytes === undefined) return undefined;
      // Nothing but configurations is read.
      await using pipeline = await openTextToImage(String(model));
      const { schedule } = pipeline.scheduler;
      return {
        kind: "guidance-slider",
        ...{ model: String(model), bytes, last: schedule.length - 1, prompt: String(scaled) },
      };
    }
    default:
      return undefined;
  }
}

interface LiveProps {
  readonly section: string;
  readonly form: Form;
  readonly data: LiveData;
}

/** It, alive once somebody comes near. */
export function Live(props: LiveProps) {
  return (
    <div data-near>
      <Moved {...props} />
    </div>
  );
}

function Moved({ section, form, data }: LiveProps) {
  switch (data.kind) {
    case "noise-slider":
      return <NoiseSlider section={section} form={form} levels={data.levels} />;
    case "schedules":
      return <ScheduleCurves picture={data.picture} title={data.title} />;
    case "guidance-slider": {
      const { kind: _, ...asked } = data;
      return <GuidanceSlider {...asked} form={form} />;
    }
  }
}
