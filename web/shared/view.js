// @ts-check

/** What a keyboard covers at least; bars of the browser that come and go are less. */
const KEYBOARD_PX = 120;

/**
 * Keeps the page within what a phone's keyboard leaves of the window. Where the
 * browser does so by itself (interactive-widget) there is nothing to do; iOS moves
 * the whole page up instead, and the head of it out of sight.
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
