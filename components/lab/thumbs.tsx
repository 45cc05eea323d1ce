/** Pictures to choose from. */
import { useId } from "preact/hooks";
import type { WireImage } from "../../server/wire.ts";
import { pictureAddress } from "./upload.ts";

/** What is chosen from. */
export interface ThumbsProps {
  /** The pictures. */
  readonly pictures: readonly WireImage[];
  /** The one that is chosen: its name, or that of an upload. */
  readonly value: unknown;
  /** Told the name of another one. */
  readonly onChange: (name: string) => void;
  /** What an upload is to a reader: "your own picture". */
  readonly own: string;
}

/** Whether a value is the name of an upload. */
const isUpload = (value: unknown) => String(value).startsWith("upload-");

/** A row of small pictures, of which one is chosen; an upload stands last. */
export function Thumbs({ pictures, value, onChange, own }: ThumbsProps) {
  const group = useId();
  return (
    <div class="thumbs">
      {pictures.map(({ id, title, src }) => (
        <label title={title}>
          <input type="radio" name={group} checked={value === id} onChange={() => onChange(id)} />
          <img src={src} alt={title} width={44} height={44} loading="lazy" data-fresh-disable-lock />
        </label>
      ))}
      {isUpload(value) && (
        <label title="your own">
          <input type="radio" name={group} checked />
          <img
            src={pictureAddress(String(value))}
            alt={own}
            width={44}
            height={44}
            data-fresh-disable-lock
          />
        </label>
      )}
    </div>
  );
}
