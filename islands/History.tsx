import { useEffect, useState } from "preact/hooks";
import { FigureView } from "../components/figure.tsx";
import { forget, memories, type Memory } from "../components/lab/history.ts";
import { sectionLink } from "../components/lab/session.ts";
import { MemoryPicture } from "../components/lab/memory_picture.tsx";
import { type FormBrief, relativeTime, wordsOf } from "../components/lab/memory_words.ts";
import type { WireResult } from "../server/wire.ts";
import { fileAddress, forgetTabResult, isTabKey, type TabResult, tabResult } from "../tab/results.ts";
import { siteAddress } from "../components/site.ts";

/** The results made in this browser; any two can be compared side by side. */
export default function History({ forms }: { readonly forms: Readonly<Record<string, FormBrief>> }) {
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
      {all.length > 1 && (
        <p class="note" role="status">
          {chosen.length === 2
            ? "Two results are shown side by side."
            : "Compare two to see them side by side."}
        </p>
      )}
      {chosen.length > 0 && (
        <div class="beside">
          {chosen.map((key) => {
            const memory = all.find((memory) => memory.key === key)!;
            return <Chosen key={key} memory={memory} form={forms[memory.section]} />;
          })}
        </div>
      )}
      <ul class="memories">
        {all.map((memory) => (
          <li key={memory.key} class={chosen.includes(memory.key) ? "chosen" : ""}>
            <a class="thumb" href={address(memory)}>
              <MemoryPicture memory={memory} />
              <Words memory={memory} form={forms[memory.section]} />
            </a>
            <div class="row">
              {all.length > 1 && (
                <label class="flag compare">
                  <input
                    type="checkbox"
                    aria-label={`Compare ${nameOf(memory)}`}
                    checked={chosen.includes(memory.key)}
                    onChange={() => choose(memory.key)}
                  />
                  <span>Compare</span>
                </label>
              )}
              <button
                type="button"
                class="link"
                aria-label={`Forget ${nameOf(memory)}`}
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

/** Its name, for screen readers. */
const nameOf = ({ parameters, title }: Memory): string => wordsOf(parameters, undefined).subject || title;

/** Its subject, its changed parameters, when and where it was made. */
function Words({ memory: { key, title, parameters, when }, form }: AboutProps) {
  const { subject, changes } = wordsOf(parameters, form);
  return (
    <>
      <span class="memory-subject">{subject || title}</span>
      <small>
        {subject ? `${title}${changes.length > 0 ? ": " : ""}` : ""}
        {changes.join(", ")}
      </small>
      <small class="memory-when">
        <time datetime={new Date(when).toISOString()}>{relativeTime(when, Date.now())}</time>,{" "}
        {isTabKey(key) ? "made in the tab" : "made on the server"}
      </small>
    </>
  );
}

interface AboutProps {
  readonly memory: Memory;
  readonly form: FormBrief | undefined;
}

function Chosen({ memory, form }: AboutProps) {
  const [result, setResult] = useState<WireResult | TabResult | null | undefined>();
  useEffect(() => void resultOf(memory.key).then(setResult), []);
  return (
    <section aria-label={memory.title}>
      <h2>{wordsOf(memory.parameters, form).subject || memory.title}</h2>
      <p class="note">{[memory.title, ...wordsOf(memory.parameters, form).changes].join(", ")}</p>
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
