/** What can be moved on a section's page without a run. */
import NoiseSlider from "../islands/NoiseSlider.tsx";
import ScheduleCurves from "../islands/ScheduleCurves.tsx";
import type { Form } from "../server/form.ts";
import { type NoiseLevel, noiseLevelsOf } from "../server/noise_levels.ts";

/** What {@linkcode Live} is made of, as plain data; nothing for most sections. */
export type LiveData =
  | { readonly kind: "noise-slider"; readonly levels: readonly NoiseLevel[] }
  | { readonly kind: "schedules"; readonly picture: string; readonly title: string };

/** What of it belongs to a section. */
export async function liveDataOf(section: string, form: Form): Promise<LiveData | undefined> {
  switch (section) {
    case "one-step":
      return { kind: "noise-slider", levels: await noiseLevelsOf(String(form.start.model)) };
    case "forward": {
      const picture = form.images.find(({ id }) => id === form.start.image);
      return picture && { kind: "schedules", picture: picture.src, title: picture.title };
    }
    default:
      return undefined;
  }
}

/** It, alive once somebody comes near. */
export function Live(
  { section, form, data }: { readonly section: string; readonly form: Form; readonly data: LiveData },
) {
  return (
    <div data-near>
      {data.kind === "noise-slider"
        ? <NoiseSlider section={section} form={form} levels={data.levels} />
        : <ScheduleCurves picture={data.picture} title={data.title} />}
    </div>
  );
}
