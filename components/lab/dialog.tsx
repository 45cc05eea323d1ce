/** A dialog over the page. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

/** A modal dialog, open from the start. */
export function Dialog(
  { title, wide = false, onClose, children }: {
    readonly title: string;
    /** Whether it is as large as the window. */
    readonly wide?: boolean;
    readonly onClose: () => void;
    readonly children: ComponentChildren;
  },
) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? "wide-dialog" : ""}
      aria-labelledby={id}
      onCancel={onClose}
      onClose={onClose}
    >
      <header>
        <h3 id={id}>{title}</h3>
        <button type="button" class="button icon" aria-label="Close" onClick={onClose}>×</button>
      </header>
      {children}
    </dialog>
  );
}
