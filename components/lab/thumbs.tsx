/** Pictures to choose from. */
import { useId } from "preact/hooks";
import type { WireImage } from "../../server/wire.ts";
import { siteAddress } from "../site.ts";
import { pictureAddress } from "./upload.ts";
import { isUpload, uploadName } from "./upload_names.ts";

/** What is chosen from. */
export interface ThumbsProps {
  /** The pictures. */
  readonly pictures: readonly WireImage[];
  /** The chosen one: its name, or that of an upload. */
  readonly value: unknown;
  /** Called with the name of the chosen one. */
  readonly onChange: (name: string) => void;
}

/** A row of small pictures, one of which is chosen; an upload comes last. */
export function Thumbs({ pictures, value, onChange }: ThumbsProps) {
  const group = useId();
  return (
    <div class="thumbs">
      {pictures.map(({ id, title, src }) => (
        <label title={title}>
          <input type="radio" name={group} checked={value === id} onChange={() => onChange(id)} />
          <img
            src={siteAddress(src)}
            alt={title}
            width={44}
            height={44}
            loading="lazy"
            data-fresh-disable-lock
          />
        </label>
      ))}
      {isUpload(value) && (
        <label title={uploadName(String(value))}>
          <input type="radio" name={group} checked />
          <img
            src={pictureAddress(String(value))}
            alt={uploadName(String(value))}
            width={44}
            height={44}
            data-fresh-disable-lock
          />
        </label>
      )}
    </div>
  );
}
