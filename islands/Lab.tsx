import { useEffect, useState } from "preact/hooks";
import { memories } from "../components/lab/history.ts";
import { Panel } from "../components/lab/panel.tsx";
import { sectionLink, Session, type SessionOptions } from "../components/lab/session.ts";
import type { Committed } from "../server/committed.ts";
import type { Form } from "../server/form.ts";
import type { RequestedRun } from "../server/permalink.ts";
import { hasServer, siteAddress } from "../components/site.ts";

interface LabProps {
  /** The section's id. */
  readonly section: string;
  /** Its title. */
  readonly title: string;
  /** Its form; by default fetched when it is needed. */
  readonly form?: Form;
  /** The run requested by the address. */
  readonly requested?: RequestedRun | null;
  /** The figures of the report. */
  readonly committed?: Committed;
  /** Whether it is open from the start. */
  readonly open?: boolean;
  /** What page it is on: the address of a section's and of the playground follows what is run. */
  readonly place?: Place;
}

type Place = "section" | "playground";

/** A section that can be run with other parameters. */
export default function Lab(
  { section, title, form, requested, committed, open: atStart = false, place }: LabProps,
) {
  const [session] = useState(() => {
    const session = new Session(section, title, optionsFor(section, place));
    if (form) {
      session.form.value = form;
      session.values.value = { ...form.start, ...requested?.parameters };
    }
    return session;
  });
  const [open, setOpen] = useState(atStart);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    setReady(true);
    // With a server, the address was read there.
    if (!hasServer()) session.takeAddress(new URLSearchParams(location.search));
    if (requested?.result) {
      const { key } = requested.result;
      const own = memories().some((memory) => memory.key === key);
      session.show(requested.result);
      session.linked.value = !own;
    } else if (sessionStorage.getItem(`run ${section}`)) {
      // Its prompt was sent from the report's first page.
      sessionStorage.removeItem(`run ${section}`);
      if (place === "playground") session.start();
    } else if (!requested && !/[?&](p|prompt)=/.test(location.search)) session.takeUp();
    if (sessionStorage.getItem(`job ${section}`)) setOpen(true);
  }, []);
  if (!open) {
    return (
      <div class="lab closed" data-ready={ready}>
        <a
          class="button"
          href={siteAddress(`/sections/${section}`)}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            setOpen(true);
          }}
        >
          Run it yourself
        </a>
      </div>
    );
  }
  return (
    <section class="lab" data-ready={ready} aria-label={`Run: ${title}`}>
      {requested?.problem && <p class="error" role="alert">{requested.problem}</p>}
      <noscript>
        <p class="note">The controls need JavaScript; the report can be read without.</p>
      </noscript>
      <Panel session={session} committed={committed} />
    </section>
  );
}

function optionsFor(section: string, place: Place | undefined): SessionOptions {
  switch (place) {
    case "section":
      return { addressOf: (parameters) => sectionLink(section, parameters) };
    case "playground":
      return {
        keep: true,
        addressOf: (parameters) =>
          siteAddress(`/play?tool=${section}&p=${encodeURIComponent(JSON.stringify(parameters))}#result`),
      };
    default:
      return {};
  }
}
