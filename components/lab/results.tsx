/** The figures that were made, beside those of the report. */
import { useState } from "preact/hooks";
import type { Committed } from "../../server/committed.ts";
import { FigureView } from "../figure.tsx";
import type { Session } from "./session.ts";
import { Special } from "./special.tsx";

/** All figures of a session. */
export function Results(
  { session, committed }: { readonly session: Session; readonly committed?: Committed },
) {
  const [beside, setBeside] = useState(false);
  const figures = session.figures.value;
  if (figures.length === 0) return null;
  const parameters = session.shown.value ?? {};
  return (
    <section class="results" aria-label="Your result">
      <header>
        <h3>Your result</h3>
        {session.cached.value && <span class="badge">from the store</span>}
        {committed && committed.figures.length > 0 && (
          <label class="flag">
            <input
              type="checkbox"
              checked={beside}
              onChange={({ currentTarget }) => setBeside(currentTarget.checked)}
            />
            <span>beside the report's</span>
          </label>
        )}
        {session.phase.value === "done" && <CopyLink session={session} />}
      </header>
      {figures.map((shown) => {
        const { figure, src } = shown;
        const own = (
          <FigureView figure={figure} src={src}>
            {" "}
            <a class="download" href={`${src}?download`} download={figure.file}>
              Download {figure.type === "image/gif" ? "GIF" : figure.type === "image/png" ? "PNG" : "SVG"}
            </a>
          </FigureView>
        );
        const other = beside ? committed?.figures.find(({ name }) => name === figure.name) : undefined;
        return (
          <div key={figure.name}>
            {other
              ? (
                <div class="beside">
                  <div>
                    <p class="side">yours</p>
                    {own}
                  </div>
                  <div>
                    <p class="side">the report's</p>
                    <FigureView figure={other} src={`/report/${session.section}/${other.file}`} />
                  </div>
                </div>
              )
              : own}
            <Special section={session.section} shown={shown} parameters={parameters} />
          </div>
        );
      })}
    </section>
  );
}

function CopyLink({ session }: { readonly session: Session }) {
  const [copied, setCopied] = useState(false);
  return (
    <>
      <a
        class="button small permalink"
        href={session.permalink()}
        onClick={(event) => {
          if (!navigator.clipboard) return;
          event.preventDefault();
          const link = session.permalink();
          history.replaceState(null, "", location.pathname.startsWith("/sections/") ? link : location.href);
          navigator.clipboard.writeText(link).then(() => setCopied(true), () => location.assign(link));
        }}
      >
        {copied ? "Link copied" : "Copy link to this"}
      </a>
      <span class="visually-hidden" role="status">{copied ? "The link is in the clipboard." : ""}</span>
    </>
  );
}
