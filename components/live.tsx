/** The interactive parts of a section's page that need no run. */
import NoiseSlider from "../islands/NoiseSlider.tsx";
import GuidanceSlider from "../islands/GuidanceSlider.tsx";
import ScheduleCurves from "../islands/ScheduleCurves.tsx";
import { openTextToImage } from "../lib/pipelines/mod.ts";
import type { Form } from "../server/form.ts";
import { type NoiseLevel, noiseLevelsOf } from "../server/noise_levels.ts";

/** The data of {@linkcode Live}; empty for most sections. */
export type LiveData =
  | { readonly kind: "noise-slider"; readonly levels: readonly NoiseLevel[] }
  | { readonly kind: "schedules"; readonly picture: string; readonly title: string }
  | ({ readonly kind: "guidance-slider" } & GuidanceData);

/** The data of the guidance slider. */
interface GuidanceData {
  readonly model: string;
  /** Bytes of the model's files. */
  readonly bytes: number;
  /** The last timestep. */
  readonly last: number;
  readonly prompt: string;
}

/** The data for a section. */
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
      // Only configurations are read.
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

/** The interactive part, hydrated when it is near the window. */
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
