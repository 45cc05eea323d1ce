/** The opening of the report: a prompt, and a picture on its way out of the noise. */
import type { Committed } from "../../server/committed.ts";
import type { WireFigure, WireVocabulary } from "../../server/wire.ts";

/** The tool that runs the prompt and shows every step. */
export const PROMPT_TOOL = "trajectory";

/** What {@linkcode Hero} shows. */
interface HeroProps {
  /** The figures of the trajectory: its first sheet is the strip. */
  readonly committed: Committed | undefined;
  /** Whether there is a tool that runs the prompt. */
  readonly prompts: boolean;
  /** The vocabulary of its model, if recorded. */
  readonly vocabulary: WireVocabulary | undefined;
}

/** The title, a prompt box, and a strip of pictures to drag through. */
export function Hero({ committed, prompts, vocabulary }: HeroProps) {
  const strip = committed?.figures.find(({ cells }) => cells.filter(({ row }) => row === 0).length > 2);
  return (
    <header class={`hero ${strip ? "" : "bare"}`}>
      <div class="hero-words">
        <h1>Noise, undone.</h1>
        <p class="lead">
          A diffusion model learns one thing: to see the noise in a picture. Asked again and again, it turns
          noise alone into a picture of any prompt. Every figure of this report can be made again, here, with
          other words, other numbers and other noise.
        </p>
        {prompts && (
          <Prompt
            start={String(committed?.parameters.prompt ?? "a rocket ship")}
            vocabulary={vocabulary}
          />
        )}
      </div>
      {strip && <Strip figure={strip} />}
    </header>
  );
}

function Prompt(
  { start, vocabulary }: { readonly start: string; readonly vocabulary: WireVocabulary | undefined },
) {
  return (
    <form class="hero-prompt" action="/play" data-run={PROMPT_TOOL}>
      <input type="hidden" name="tool" value={PROMPT_TOOL} />
      <label for="hero-prompt">What should it draw?</label>
      <div class="hero-field">
        <input
          id="hero-prompt"
          name="prompt"
          type="text"
          value={start}
          maxlength={200}
          autocomplete="off"
          aria-describedby={vocabulary && "hero-words"}
        />
        <button class="button primary" type="submit">Draw it</button>
      </div>
      {vocabulary && <Known vocabulary={vocabulary} />}
    </form>
  );
}

/** What the model knows, next to the prompt. */
function Known({ vocabulary: { things, styles } }: { readonly vocabulary: WireVocabulary }) {
  return (
    <p id="hero-words" class="note">
      The small model knows {things.length} things in {styles.length} styles, such as “{styles.at(-1)}{" "}
      {things[0]}”.
    </p>
  );
}

/** What the two rows of the sheet are. */
const labels = ["so far", "what the network expects"];

/** The snapshots of one sampling: all in the strip, the chosen one large; `static/report.js` handles the choice. */
function Strip({ figure }: { readonly figure: WireFigure }) {
  const { cells, columns } = figure;
  const upper = cells.filter(({ row }) => row === 0);
  const shown = Math.floor(upper.length / 2);
  const large = labels.map((label, row) => ({ label, cell: cells.filter((cell) => cell.row === row)[shown] }))
    .filter(({ cell }) => cell);
  return (
    <div class="strip" data-strip>
      <div class="strip-large" aria-hidden="true">
        {large.map(({ label, cell }) => (
          <figure key={label}>
            <Window figure={figure} cell={cell} row={cell.row} />
            <figcaption>{label}</figcaption>
          </figure>
        ))}
      </div>
      <div class="moments" aria-hidden="true" style={`--moments: ${upper.length}`}>
        {upper.map((cell, i) => (
          <span key={i} class={i === shown ? "moment now" : "moment"} data-label={columns[cell.column]}>
            <Window figure={figure} cell={cell} />
          </span>
        ))}
      </div>
      <input
        type="range"
        class="scrubber"
        min={0}
        max={upper.length - 1}
        value={shown}
        aria-label="From noise to picture"
        aria-valuetext={columns[upper[shown].column]}
      />
      <p class="visually-hidden">{figure.alt}</p>
    </div>
  );
}

function Window(
  { figure, cell, row }: {
    readonly figure: WireFigure;
    readonly cell: WireFigure["cells"][number];
    readonly row?: number;
  },
) {
  return (
    <svg viewBox={`${cell.x} ${cell.y} ${cell.width} ${cell.height}`} data-row={row}>
      <image href={`/report/${PROMPT_TOOL}/${figure.file}`} width={figure.width} height={figure.height} />
    </svg>
  );
}
