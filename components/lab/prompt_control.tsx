/** A prompt field that marks words the model does not know. */
import { useContext, useEffect, useId, useState } from "preact/hooks";
import type { WireUnknownWord } from "../../server/wire.ts";
import type { ControlProps } from "./control_props.ts";
import { Ideas } from "./ideas.tsx";
import { Label } from "./label.tsx";
import { LabContext } from "./lab_context.ts";
import { hasServer } from "../site.ts";

/** The pause in typing before words are looked up, in milliseconds. */
const PAUSE = 250;

/** Longer prompts have two lines. */
const LINE = 46;

/** A prompt. Enter runs it; with the shift key it begins a new line. */
export function PromptControl({ field, value, onChange, marks }: ControlProps) {
  const id = useId();
  const { model, vocabulary } = useContext(LabContext);
  const prompt = String(value);
  return (
    <>
      <Label id={id} field={field} />
      <textarea
        id={id}
        rows={prompt.length > LINE ? 2 : 1}
        maxLength={field.max}
        value={prompt}
        placeholder="no prompt"
        {...marks}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
        onKeyDown={(event) => {
          if (
            event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing
          ) {
            return;
          }
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
      {prompt.trim() === ""
        ? (
          <p class="note words">
            Without a prompt the model draws whatever it likes; guidance changes nothing.
          </p>
        )
        : model && vocabulary && <Unknown model={model} prompt={prompt} onReplace={onChange} />}
      {vocabulary && <Ideas vocabulary={vocabulary} prompt={prompt} onChange={onChange} />}
    </>
  );
}

/** Asks the server which words a model does not know; undefined where it has no answer. */
async function unknownWords(model: string, prompt: string, signal: AbortSignal) {
  if (!hasServer()) return undefined;
  const response = await fetch(`/api/vocabulary?${new URLSearchParams({ model, prompt })}`, { signal });
  return response.ok ? await response.json() as readonly WireUnknownWord[] ?? [] : undefined;
}

/** The words of a prompt that a model does not know, each with what is nearest. */
function Unknown(
  { model, prompt, onReplace }: {
    readonly model: string;
    readonly prompt: string;
    readonly onReplace: (prompt: string) => void;
  },
) {
  const [unknown, setUnknown] = useState<readonly WireUnknownWord[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      // Aborted, or without a server: the words keep their last marks.
      const found = await unknownWords(model, prompt, abort.signal).catch(() => undefined);
      if (found && !abort.signal.aborted) setUnknown(found);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [model, prompt]);
  const here = unknown.filter(({ word }) => prompt.toLowerCase().includes(word));
  return (
    <div role="status" class="unknown">
      {here.map(({ word, nearest }) => (
        <p class="note words" key={word}>
          The model does not know “{word}”.
          {nearest.length > 0 && " Nearest: "}
          {nearest.map((near, i) => (
            <>
              {i > 0 && ", "}
              <button
                type="button"
                class="link"
                onClick={() => onReplace(prompt.replace(new RegExp(word, "iu"), near))}
              >
                {near}
              </button>
            </>
          ))}
        </p>
      ))}
    </div>
  );
}
