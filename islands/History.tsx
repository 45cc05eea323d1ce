import { useEffect, useState } from "preact/hooks";
import { FigureView } from "../components/figure.tsx";
import { forget, memories, type Memory } from "../components/lab/history.ts";
import { sectionLink } from "../components/lab/session.ts";
import { summaryOf } from "../components/lab/summary.ts";
import type { WireResult } from "../server/wire.ts";
import { fileAddress, forgetTabResult, isTabKey, type TabResult, tabResult } from "../tab/results.ts";
import { siteAddress } from "../components/site.ts";

/** The results that were made in this browser, any two of them beside each other. */
export default function History() {
  const [all, setAll] = useState<readonly Memory[] | undefined>();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  useEffect(() => setAll(memories()), []);
  if (!all) return <p key="looking" class="note">Looking for your results</p>;
  if (all.length === 0) {
    return (
      <p key="none" class="placeholder">
        Nothing yet. Run a section of the <a href={siteAddress("/")}>report</a> or something in the{" "}
        <a href={siteAddress("/play")}>playground</a>: what you make is listed here.
      </p>
    );
  }
  const choose = (key: string) =>
    setChosen(chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key].slice(-2));
  const forgetOne = (key: string) => {
    setAll(forget(key));
    if (isTabKey(key)) forgetTabResult(key);
    setChosen(chosen.filter((other) => other !== key));
  };
  return (
    <div class="history">
      <p class="note" role="status">
        {chosen.length === 2 ? "Two results are shown side by side." : "Choose two to see them side by side."}
      </p>
      {chosen.length > 0 && (
        <div class="beside">
          {chosen.map((key) => <Chosen key={key} memory={all.find((memory) => memory.key === key)!} />)}
        </div>
      )}
      <ul class="memories">
        {all.map((memory) => (
          <li key={memory.key} class={chosen.includes(memory.key) ? "chosen" : ""}>
            <button
              type="button"
              class="thumb"
              aria-pressed={chosen.includes(memory.key)}
              onClick={() => choose(memory.key)}
            >
              <Thumb memory={memory} />
              <span>{memory.title}</span>
              <small>{summary(memory)}</small>
            </button>
            <div class="row">
              <a href={address(memory)}>Open</a>
              <button
                type="button"
                class="link"
                aria-label={`Forget ${memory.title}`}
                onClick={() => forgetOne(memory.key)}
              >
                Forget
              </button>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The picture of a result; what was made in this tab is in this browser. */
function Thumb({ memory: { key, figure } }: { readonly memory: Memory }) {
  const [src, setSrc] = useState(isTabKey(key) ? EMPTY : `/api/results/${key}/files/${figure.file}`);
  useEffect(() => {
    if (isTabKey(key)) tabResult(key).then((result) => result && setSrc(fileAddress(result, figure.file)));
  }, [key]);
  return <img src={src} alt="" loading="lazy" data-fresh-disable-lock />;
}

/** A picture of nothing, until the real one is here. */
const EMPTY = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";

function Chosen({ memory }: { readonly memory: Memory }) {
  const [result, setResult] = useState<WireResult | TabResult | null | undefined>();
  useEffect(() => void resultOf(memory.key).then(setResult), []);
  return (
    <section aria-label={memory.title}>
      <h2>{memory.title}</h2>
      <p class="note">{summary(memory)}</p>
      {result === null && (
        <p class="error">
          This result is no longer kept. <a href={address(memory)}>Run it again.</a>
        </p>
      )}
      {result?.figures.map((figure) => (
        <FigureView key={figure.name} figure={figure} src={addressIn(result, figure.file)} />
      ))}
    </section>
  );
}

/** A result, from this browser or the server; null if it is not kept. */
async function resultOf(key: string): Promise<WireResult | TabResult | null> {
  if (isTabKey(key)) return await tabResult(key) ?? null;
  const response = await fetch(`/api/results/${key}`).catch(() => undefined);
  if (response?.ok) return await response.json();
  await response?.body?.cancel();
  return null;
}

const addressIn = (result: WireResult | TabResult, file: string): string =>
  "files" in result ? fileAddress(result, file) : `/api/results/${result.key}/files/${file}`;

const address = ({ section, parameters }: Memory): string => sectionLink(section, parameters);

/** What tells a result from others, and when it was made. */
function summary({ parameters, when }: Memory): string {
  const time = new Date(when).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return [summaryOf(parameters), time].filter(Boolean).join(", ");
}
