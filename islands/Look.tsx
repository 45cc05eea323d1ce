import { useEffect, useRef, useState } from "preact/hooks";
import { Special } from "../components/lab/special.tsx";
import type { Parameters, WireFigure } from "../server/wire.ts";
import { siteAddress } from "../components/site.ts";

interface LookProps {
  /** The section's id. */
  readonly section: string;
  /** Its figure in the report. */
  readonly figure: WireFigure;
  /** The parameters by which it was made. */
  readonly parameters: Parameters;
}

/** How close to the window its pictures are fetched. */
const NEAR = "600px";

/** A figure of the report that shows something else when turned over or from afar. */
export default function Look({ section, figure, parameters }: LookProps) {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        setNear(true);
      },
      { rootMargin: NEAR },
    );
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  const src = near ? siteAddress(`/report/${section}/${figure.file}`) : "";
  return (
    <div ref={place} class="look" data-ready={near}>
      <Special section={section} shown={{ figure, src }} parameters={parameters} />
    </div>
  );
}
