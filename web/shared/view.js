// @ts-check

/** The least height that a keyboard covers; the browser's own bars cover less. */
const KEYBOARD_PX = 120;

/**
 * Keeps the page within the part of the window that a phone's keyboard leaves free.
 * Browsers that do so by themselves (interactive-widget) need nothing; iOS moves the
 * whole page up instead, with its head out of sight.
 */
export function keepInView() {
  const view = window.visualViewport;
  view?.addEventListener('resize', () => {
    const covered = view.scale === 1 && window.innerHeight - view.height > KEYBOARD_PX;
    if (covered) document.documentElement.style.setProperty('--view', `${view.height}px`);
    else document.documentElement.style.removeProperty('--view');
    if (covered) window.scrollTo(0, 0);
  });
}
