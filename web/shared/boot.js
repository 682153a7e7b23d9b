// @ts-check
// A classic script in the head, in words that old browsers understand too. The chosen
// theme is there before the first paint; and where the page does not come to life, it
// says so: a module that did not arrive, or that this browser can't read, or nothing
// at all for a while. The words stand in the page; what starts it takes them out.
(function () {
  var patience = 20000;

  try {
    var theme = localStorage.getItem('parley.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
  } catch (_) {
    // Storage is forbidden: the system's theme it is.
  }

  function say() {
    var words = document.getElementById('trouble');
    if (words) words.hidden = false;
    else if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', say);
  }

  /** @param {Event} event */
  function failed(event) {
    var target = /** @type {any} */ (event.target);
    // A link that only fetches ahead is no loss: what needs the module asks again.
    if (target && (target === window || target.tagName === 'SCRIPT')) say();
  }

  addEventListener('error', failed, true);
  setTimeout(say, patience);
  if (!('noModule' in HTMLScriptElement.prototype)) say();

  document.addEventListener('DOMContentLoaded', function () {
    var close = document.getElementById('trouble-close');
    if (!close || window.parent === window) return;
    close.hidden = false;
    close.addEventListener('click', function () { window.parent.postMessage({ parley: 1, type: 'close' }, '*'); });
  });
})();
