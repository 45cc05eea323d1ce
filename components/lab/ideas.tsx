/** Suggestions from a model's vocabulary: things and styles. */
import { useState } from "preact/hooks";
import type { WireVocabulary } from "../../server/wire.ts";
import { styleOf, withStyle, withThing } from "./prompt_words.ts";

/** Things and styles next to a prompt, inserted into it when chosen. */
export function Ideas(
  { vocabulary, prompt, onChange }: {
    readonly vocabulary: WireVocabulary;
    readonly prompt: string;
    readonly onChange: (prompt: string) => void;
  },
) {
  const { styles, things, others } = vocabulary;
  const style = styleOf(prompt, vocabulary);
  const thing = prompt.trim().toLowerCase().slice(style.length).trim();
  return (
    <details class="ideas">
      <summary>{things.length} things and {styles.length} styles it knows</summary>
      <Chips
        name="Styles"
        words={styles}
        chosen={style}
        onChoose={(word) => onChange(withStyle(prompt, word, vocabulary))}
      />
      <Chips
        name="Things"
        words={things}
        chosen={thing}
        onChoose={(word) => onChange(withThing(prompt, word, vocabulary))}
      />
      {others.map(({ kind, phrases }) => <p class="note" key={kind}>{kind}: {phrases.join(", ")}</p>)}
    </details>
  );
}

/** How many words are shown at first. */
const FEW = 18;

/** Words as buttons in a single tab stop, navigated with arrow keys. Shows the first ones until all are requested. */
function Chips(
  { name, words, chosen, onChoose }: {
    readonly name: string;
    readonly words: readonly string[];
    readonly chosen: string;
    readonly onChoose: (word: string) => void;
  },
) {
  const [at, setAt] = useState(0);
  const [all, setAll] = useState(false);
  const few = words.slice(0, FEW);
  const here = all || words.length <= FEW
    ? words
    : few.includes(chosen) || !words.includes(chosen)
    ? few
    : [...few, chosen];
  const move = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step === undefined || !here[at + step]) return;
    event.preventDefault();
    setAt(at + step);
    (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[aria-pressed]")[at + step]?.focus();
  };
  return (
    <div class="chips" role="group" aria-label={name} onKeyDown={move}>
      <span aria-hidden="true">{name}</span>
      {here.map((word, i) => (
        <button
          type="button"
          key={word}
          class="chip"
          tabIndex={i === at ? 0 : -1}
          aria-pressed={word === chosen}
          onClick={() => {
            setAt(i);
            onChoose(word);
          }}
        >
          {word}
        </button>
      ))}
      {here.length < words.length && (
        <button
          type="button"
          class="chip more-words"
          onClick={() => setAll(true)}
        >
          {words.length - here.length} more
        </button>
      )}
    </div>
  );
}
