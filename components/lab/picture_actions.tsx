/** The actions on one picture of a result. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { withPngText } from "../../lib/image/with_png_text.ts";
import { type Cell, type Generation, GENERATION_KEYWORD } from "../../report/section.ts";
import { Dialog } from "./dialog.tsx";
import { fileName } from "./file_name.ts";
import { cut, type Part } from "./pictures.ts";
import type { Result } from "./result.ts";
import type { Session } from "./session.ts";
import { sendCanvas } from "./upload.ts";
import { nameUpload } from "./upload_names.ts";
import { editAddress, variationOf } from "./variations.ts";

/** The picture with its parameters stored, so that `deno task sample --again` can regenerate it. */
async function withGeneration(png: Blob, generation: Generation): Promise<Blob> {
  const text = { [GENERATION_KEYWORD]: JSON.stringify(generation) };
  const bytes = withPngText(new Uint8Array(await png.arrayBuffer()), text);
  return new Blob([Uint8Array.from(bytes)], { type: png.type });
}

/** Whether a section can make the picture from its options alone. */
function isPlaceable({ image, timesteps }: Generation): boolean {
  return !image && !timesteps;
}

/** Whether a sheet has several generated pictures. */
function isOneOfMany(cells: readonly Cell[]): boolean {
  return cells.filter(({ generation }) => generation).length > 1;
}

interface ActionsProps {
  readonly session: Session;
  readonly result: Result;
  readonly cell: Cell;
  /** Those of its sheet. */
  readonly cells: readonly Cell[];
  /** The picture's name. */
  readonly name: string;
  readonly part: Part;
  /** What is shown enlarged. */
  readonly enlarged: ComponentChildren;
}

/** Buttons to enlarge, vary, edit or download it. */
export function PictureActions(
  { session, result: { parameters }, cell, cells, name, part, enlarged }: ActionsProps,
) {
  const [large, setLarge] = useState(false);
  const [problem, setProblem] = useState("");
  const attempt = (action: () => Promise<void>) => {
    setProblem("");
    action().catch((error) => setProblem((error as Error).message));
  };
  const download = async () => {
    const canvas = await cut(part);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("The browser could not encode the image.");
    const file = cell.generation ? await withGeneration(blob, cell.generation) : blob;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `${fileName([name], parameters)}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const useAsInput = async () => {
    const { id } = await sendCanvas(await cut(part));
    nameUpload(id, name);
    location.assign(editAddress(id, parameters));
  };
  const varied = cell.origin && variationOf(parameters, cell, cells);
  return (
    <div class="actions">
      <button type="button" class="button small" onClick={() => setLarge(true)}>Enlarge</button>
      {varied && (
        <button
          type="button"
          class="button small vary"
          title="The same again with a new seed"
          disabled={session.busy}
          onClick={() => {
            session.values.value = varied();
            session.start();
          }}
        >
          Another seed
        </button>
      )}
      {cell.origin && drawsTexts(session) && (
        <button
          type="button"
          class="button small use"
          title="Start an image-to-image edit from this picture"
          onClick={() => attempt(useAsInput)}
        >
          Use as input
        </button>
      )}
      {cell.generation && isPlaceable(cell.generation) && isOneOfMany(cells) && (
        <a
          class="button small alone"
          data-server
          href={`/play?generation=${encodeURIComponent(JSON.stringify(cell.generation))}`}
          title="Its settings in the playground: this picture and no other"
        >
          Open alone
        </a>
      )}
      <button
        type="button"
        class="button small save"
        title={cell.generation &&
          "A PNG with its parameters: deno task sample --again FILE regenerates it"}
        onClick={() => attempt(download)}
      >
        Download
      </button>
      {problem && <p class="error" role="alert">{problem}</p>}
      {large && (
        <Dialog title={name} wide onClose={() => setLarge(false)}>
          {enlarged}
        </Dialog>
      )}
    </div>
  );
}

/** Whether a section's pictures can be edited: those of text-to-image models, not digits or points. */
function drawsTexts({ form }: Session): boolean {
  return form.value?.fields.some(({ kind }) => kind === "text-to-image") ?? false;
}
