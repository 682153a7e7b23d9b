// @ts-check
// A classic script in the head, in syntax that old browsers understand too. It sets the
// chosen theme before the first paint. If the page does not start (its end did not arrive,
// or this browser can't parse it, or nothing happens for a while) it shows the message that
// is in the page; the page's main module, which is its end, removes that message.
(function () {
  var patience = 20000;

  // In a frame, the site's own theme, which gives way to what the visitor chose.
  var sites = window.parent !== window && /[?&]theme=(light|dark)(&|$)/.exec(location.search);
  if (sites) document.documentElement.setAttribute('data-theme', sites[1]);

  try {
    var theme = localStorage.getItem('parley.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
  } catch (_) {
    // Storage is forbidden: use the system's theme.
  }

  function say() {
    var words = document.getElementById('trouble');
    if (words) words.hidden = false;
    else if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', say);
  }

  /** @param {Event} event */
  function failed(event) {
    var target = /** @type {any} */ (event.target);
    // A failed preload does no harm: whatever needs the module loads it again.
    if (target && (target === window || target.tagName === 'SCRIPT')) say();
  }

  addEventListener('error', failed, true);
  addEventListener('load', say); // the main module has run by now, if it can
  setTimeout(say, patience);
  if (!('noModule' in HTMLScriptElement.prototype)) say();

  document.addEventListener('DOMContentLoaded', function () {
    var close = document.getElementById('trouble-close');
    if (!close || window.parent === window) return;
    close.hidden = false;
    close.addEventListener('click', function () { window.parent.postMessage({ parley: 1, type: 'close' }, '*'); });
  });
})();
