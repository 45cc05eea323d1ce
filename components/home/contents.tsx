/** The contents of the report: its parts and their sections. */
import type { Part } from "../../report/mod.ts";

/** A list beside the report; on narrow screens behind a button that stays visible. */
export function Contents({ parts }: { readonly parts: readonly Part[] }) {
  let count = 0;
  return (
    <nav class="contents" aria-label="Contents" data-contents>
      <details>
        <summary>
          Contents<span class="contents-now" aria-hidden="true" />
        </summary>
        {parts.map(({ id, title, sections }) => (
          <div key={id} class="contents-part">
            <p>
              <a href={`#part-${id}`}>{title}</a>
            </p>
            <ol start={count + 1} style={`counter-reset: contents ${count}`}>
              {sections.map((section) => {
                count++;
                return (
                  <li key={section.id}>
                    <a href={`#${section.id}`}>{section.title}</a>
                  </li>
                );
              })}
            </ol>
          </div>
        ))}
      </details>
    </nav>
  );
}
