// @ts-check

/**
 * Follows files that are dragged over the window or pasted, until it is ended.
 * @param {(files: File[]) => void} add
 * @param {(over: boolean) => void} over files are above the window
 * @returns {() => void} ends it
 */
export function dropping(add, over) {
  const withFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') && !document.querySelector('dialog[open]');
  let depth = 0; // each element that is entered is left once
  const end = () => {
    depth = 0;
    over(false);
  };
  const on = /** @type {Record<string, (event: any) => void>} */ ({
    dragenter: (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      depth += 1;
      over(true);
    },
    dragover: (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    },
    dragleave: (event) => {
      if (withFiles(event) && --depth <= 0) end();
    },
    drop: (event) => {
      if (!withFiles(event)) return;
      event.preventDefault(); // or the browser would leave the page for the file
      end();
      add([...event.dataTransfer.files]);
    },
    paste: (event) => {
      const files = [...event.clipboardData?.files ?? []];
      // What is copied from a document is words first, with a picture of them.
      if (event.defaultPrevented || files.length === 0 || event.clipboardData.getData('text/plain') || event.target.closest?.('dialog')) return;
      event.preventDefault();
      add(files);
    },
  });
  for (const [name, listener] of Object.entries(on)) addEventListener(name, listener);
  return () => { for (const [name, listener] of Object.entries(on)) removeEventListener(name, listener); };
}
