import { useSignal } from '@preact/signals';
import { Copy } from './copy.js';
import { Dialog } from './dialog.js';

interface ShownOnceProps {
  readonly title: string;
  readonly secret: string;
  /** Of the `export` line. */
  readonly variable: string;
  readonly onClose: () => void;
}

/** A secret that the registry does not have any more: closed only by who says that it is kept. */
export function ShownOnce({ title, secret, variable, onClose }: ShownOnceProps) {
  const isKept = useSignal(false);
  return (
    <Dialog title={title} onClose={onClose} mustBeAcknowledged>
      <p>It is shown this once: the registry keeps only a hash of it.</p>
      <p>
        <Copy text={secret} />
      </p>
      <p>
        <Copy text={`export ${variable}=${secret}`} label="Copy line" />
      </p>
      <label class="check">
        <input
          type="checkbox"
          onInput={(event) => {
            isKept.value = event.currentTarget.checked;
          }}
        />{' '}
        I have kept it
      </label>
      <div class="buttons">
        <button type="button" class="primary" disabled={!isKept.value} onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  );
}
