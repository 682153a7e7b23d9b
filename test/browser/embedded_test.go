package browser

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// hosted is the JavaScript that finds the widget's shadow trees. There is one at most.
const hosted = `[...document.querySelectorAll('*')].filter((el) => el.shadowRoot?.querySelector('button[aria-expanded]')).map((el) => el.shadowRoot)`

// hasTheWidget waits until the page has one widget, in its body.
func (g *page) hasTheWidget() {
	g.t.Helper()
	g.until("there is one widget", `() => {
		const all = `+hosted+`;
		return all.length === 1 && all[0].host.parentNode === document.body || all.map((root) => root.host.parentNode.nodeName);
	}`)
}

// opensTheWidget presses the launcher, and waits until the chat is there.
func (g *page) opensTheWidget() {
	g.t.Helper()
	g.hasTheWidget()
	g.click(launcher)
	g.chats()
}

// chats waits until the chat is open, and its page has started.
func (g *page) chats() {
	g.t.Helper()
	g.until("the chat is open", `() => {
		const [root] = `+hosted+`, box = root?.querySelector('.open.ready');
		if (!box) return root?.innerHTML ?? 'no widget';
		const frame = root.querySelector('iframe').getBoundingClientRect();
		return frame.width > 100 && frame.height > 100 && frame.right <= innerWidth && frame.bottom <= innerHeight || JSON.stringify(frame);
	}`)
}

// explains waits until the page's console has a line of the widget with these words, and
// excuses it.
func (g *page) explains(words string) {
	g.t.Helper()
	eventually(g.t, fmt.Sprintf("%s: the console says %q", g.name, words), func() (bool, string) {
		wrote := g.wrote()
		for line := range strings.Lines(wrote) {
			if strings.Contains(line, "Parley: ") && strings.Contains(line, words) {
				return true, ""
			}
		}
		return false, wrote
	})
	g.allow("Parley: ")
}

// However a page loads the script, and whatever else is on the page, there is one
// launcher, and it opens the chat.
func TestTheWidgetStartsOnEveryPage(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	src := p.url + "/widget.js"
	tag := `<script src="` + src + `" defer></script>`
	doc := func(head, body string) string {
		return `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">` + head + `</head><body><h1>Shop</h1>` + body + `</body></html>`
	}
	inject := `const s = document.createElement('script'); s.src = '` + src + `'; document.head.append(s);`
	side := func(want string) string {
		return `() => { const left = (` + hosted + `)[0].host.getBoundingClientRect().left < innerWidth / 2 ? 'left' : 'right'; return left === '` + want + `' || left; }`
	}
	served, err := http.Get(src)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = served.Body.Close() }()
	text, err := io.ReadAll(served.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, page, csp, mime string
		more                  http.Header
		holds                 string // a function that becomes true
		says                  string // in the console
		opened                bool   // by the page itself
	}{
		{what: "async in the head", page: doc(`<script async src="`+src+`"></script>`, "")},
		{what: "in the head without defer, before there is a body", page: doc(`<script src="`+src+`"></script>`, "")},
		{what: "as a module", page: doc(`<script type="module" src="`+src+`" data-position="left"></script>`, ""), holds: side("left")},
		{what: "long after the page was loaded", page: doc(`<script>addEventListener('load', () => setTimeout(() => { `+inject+` }, 50));</script>`, "")},
		{what: "by document.write", page: doc(`<script>document.write('<script src="`+src+`"><\/script>');</script>`, "")},
		{what: "with settings instead of attributes", page: doc(`<script>window.parleySettings = { position: 'left', accent: 'rgb(200, 0, 0)' };`+inject+`</script>`, ""),
			holds: `() => { const [root] = ` + hosted + `; return root.host.getBoundingClientRect().left < 100 && getComputedStyle(root.querySelector('button')).backgroundColor === 'rgb(200, 0, 0)' || 'neither'; }`},
		{what: "with settings in the script's address", page: doc(`<script src="`+src+`?position=left" defer></script>`, ""), holds: side("left")},
		{what: "run without an element of its own", page: doc(`<script>window.parleySettings = { url: '`+p.url+`' }; </script><script>`+string(text)+`</script>`, "")},
		{what: "with calls made before it is there", page: doc(`<script>window.parley = window.parley || function () { (parley.q = parley.q || []).push(arguments); }; parley('boot', { position: 'left' }); parley('open');</script>`+tag, ""), holds: side("left"), opened: true},
		{what: "with calls made before it is there, in a list", page: doc(`<script>window.parley = [['open']];</script>`+tag, ""), opened: true},
		{what: "where parley is something else", page: doc(`<script>var parley = { mine: true };</script>`+tag, ""), says: "window.parleyChat", holds: `() => window.parley.mine && typeof window.parleyChat.open === 'function'`},
		{what: "where parley can't be written", page: doc(`<script>Object.defineProperty(window, 'parley', { value: 1 });</script>`+tag, ""), says: "window.parleyChat", holds: `() => typeof window.parleyChat.open === 'function'`},
		{what: "where an element has that id", page: doc(tag, `<form id="parley"></form>`), holds: `() => typeof window.parley.open === 'function'`},
		{what: "twice", page: doc(tag+tag, ""), says: "twice"},
		{what: "twice, by different addresses", page: doc(tag+`<script src="`+strings.Replace(src, "127.0.0.1", "localhost", 1)+`" defer></script>`, ""), says: "does nothing"},
		{what: "below a base", page: doc(`<base href="https://elsewhere.invalid/a/" target="_top">`+tag, "")},
		{what: "in quirks mode", page: `<title>Old</title><link rel="icon" href="data:,"><body><h1>Old</h1>` + tag},
		{what: "in XHTML", mime: "application/xhtml+xml", page: `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>X</title><link rel="icon" href="data:," /></head><body><h1>X</h1><script src="` + src + `" defer="defer"></script></body></html>`},
		{what: "read from right to left", page: strings.Replace(doc(tag, ""), `lang="en"`, `lang="ar" dir="rtl"`, 1), holds: side("left")},
		{what: "below styles for everything", page: doc(`<style>* { all: revert; position: static !important; display: none !important; opacity: 0 !important; max-width: 1px !important; user-select: none } html { font-size: 62.5%; zoom: 1.25 } div:empty, iframe { display: none !important } html, head ~ body, body { display: block !important; opacity: 1 !important; max-width: none !important }</style>`+tag, "")},
		{what: "in a transformed body", page: doc(`<style>body { transform: translateZ(0); min-height: 5000px; margin: 0 } ::backdrop { background: red }</style>`+tag, ""), holds: `() => scrollY === 0 || 'nobody sees it before they scroll by ' + scrollY`},
		{what: "with old libraries' prototypes", page: doc(`<script>Array.prototype.toJSON = function () { return 'tampered'; }; Array.prototype.last = function () {}; String.prototype.toJSON = function () { return 'tampered'; }; Object.prototype.extra = function () {}; Array.from = () => { throw new Error('tampered'); }; Object.freeze(Object.prototype); history.pushState = null;</script>`+tag, "")},
		{what: "under a policy of nonces and trusted types", page: doc(`<script nonce="abc" src="`+src+`" defer></script>`, ""), csp: "default-src 'none'; img-src data:; script-src 'nonce-abc' 'strict-dynamic'; frame-src " + p.url + "; require-trusted-types-for 'script'; trusted-types 'none'"},
		{what: "on a site that isolates itself", page: doc(tag, ""), more: http.Header{"Cross-Origin-Embedder-Policy": {"require-corp"}, "Cross-Origin-Opener-Policy": {"same-origin"}}, holds: `() => crossOriginIsolated || !isSecureContext`},
	} {
		t.Run(c.what, func(t *testing.T) {
			shop.page, shop.csp, shop.mime, shop.more = c.page, c.csp, c.mime, c.more
			tab := visitors.person(t, "customer").tab()
			tab.open(shop.url)
			if c.says != "" {
				tab.explains(c.says)
			}
			if c.opened {
				tab.hasTheWidget()
				tab.chats()
			} else {
				tab.opensTheWidget()
			}
			if c.holds != "" {
				tab.until("what is set holds", c.holds)
			}
		})
	}
}

// continues says that the widget is open and its chat goes on, with what was typed.
func (v visitor) continues(draft string) {
	v.t.Helper()
	v.hasMessage("log", "visitor", "Hello from the shop")
	v.until("the draft is there", `(draft) => document.querySelector('[data-testid="composer"]')?.value === draft || document.querySelector('[data-testid="composer"]')?.value`, draft)
}

func TestTheWidgetSurvivesAPageThatIsReplaced(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	shop.embeds(p)
	who := visitors.person(t, "customer")
	tab := who.tab()
	tab.open(shop.url)
	tab.opensTheWidget()
	v := visitor{who.frame(tab, p.url), who}
	v.startAs("Ada")
	v.say("Hello from the shop")
	v.answered()
	v.fill(at("composer"), "Half a question")
	get[any](v.page, `() => { window.kept = true; }`)

	// As Turbo, Astro and htmx do it: they say so before, and the frame is not loaded again.
	for _, swap := range []string{
		`document.dispatchEvent(new CustomEvent('turbo:before-render', {detail: {newBody: body}})); await pause(); document.documentElement.replaceChild(body, document.body); document.dispatchEvent(new Event('turbo:render'));`,
		`document.dispatchEvent(new Event('astro:before-swap')); document.body.replaceWith(body); document.dispatchEvent(new Event('astro:after-swap'));`,
		`document.body.dispatchEvent(new CustomEvent('htmx:before:swap', {bubbles: true, detail: {ctx: {target: document.body}}})); await pause(); document.body.replaceChildren(...body.children); document.dispatchEvent(new CustomEvent('htmx:finally:swap'));`,
		`document.body.dispatchEvent(new CustomEvent('htmx:historyCacheHit', {bubbles: true, detail: {historyElt: document.body}})); document.body.replaceChildren(...body.children); document.body.dispatchEvent(new CustomEvent('htmx:historyRestore', {bubbles: true}));`,
		`document.body.dispatchEvent(new CustomEvent('htmx:beforeSwap', {bubbles: true, detail: {target: document.body}})); document.body.replaceChildren(...body.children); document.body.dispatchEvent(new CustomEvent('htmx:afterSwap', {bubbles: true}));`,
	} {
		get[any](tab, `async () => {
			const pause = () => new Promise((done) => setTimeout(done, 30));
			const body = document.body.cloneNode(true);
			body.querySelectorAll('script').forEach((el) => el.remove());
			`+swap+`
		}`)
		tab.hasTheWidget()
		tab.chats()
		if !get[bool](v.page, `() => window.kept === true`) {
			t.Errorf("the frame was loaded again after %s", swap)
		}
	}
	v.continues("Half a question")

	if n := get[int](tab, `() => document.querySelectorAll('[data-parley]').length`); n != 1 {
		t.Errorf("%d copies of the launcher's element are left on the page", n-1)
	}

	// Without a word before: the frame is loaded again, and nothing is lost.
	for _, swap := range []string{
		`document.body.replaceWith(document.createElement('body'))`,
		`document.body.innerHTML = '<h1>Basket</h1>'`,
	} {
		v.allow("Back-Forward Cache")
		get[any](tab, `() => { `+swap+`; }`)
		tab.hasTheWidget()
		tab.chats()
		v = visitor{who.frame(tab, p.url), who}
		v.continues("Half a question")
	}

	// The script runs again, as in a body that Turbo puts there; there is one widget, and
	// nothing to complain about.
	get[any](tab, `(src) => {
		document.querySelectorAll('script').forEach((el) => el.remove());
		const script = document.createElement('script');
		script.src = src;
		script.dataset.position = 'left';
		document.body.append(script);
	}`, p.url+"/widget.js")
	tab.until("the new script's attributes hold", `() => (`+hosted+`)[0].host.getBoundingClientRect().left < 100`)
	tab.hasTheWidget()

	// It goes for good when the page says so, and comes back.
	get[any](tab, `() => { parley.shutdown(); document.body.append(document.createElement('p')); }`)
	tab.until("it is gone", `() => (`+hosted+`).length === 0 && document.querySelectorAll('[data-parley]').length === 0`)
	get[any](tab, `() => { parley.boot({ position: 'right' }); }`)
	tab.hasTheWidget()
	tab.chats() // it was open
	get[any](tab, `() => { parley.destroy(); }`)
	if left := get[[]string](tab, `() => [...('parley' in window ? ['parley'] : []), ...Object.getOwnPropertySymbols(window).filter((each) => String(each).includes('parley')).map(String)]`); len(left) > 0 {
		t.Errorf("destroy leaves %v", left)
	}

	// What takes it away again and again is not fought with.
	get[any](tab, `(src) => {
		new MutationObserver(() => document.querySelectorAll('[data-parley]').forEach((el) => el.remove())).observe(document.documentElement, {childList: true, subtree: true});
		const script = document.createElement('script');
		script.src = src;
		document.body.append(script);
	}`, p.url+"/widget.js")
	tab.explains("again and again")
}

func TestTheChatFollowsTheLooksOfThePage(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	shop.embeds(p)
	who := visitors.person(t, "customer")
	tab := who.tab()
	tab.open(shop.url)
	tab.opensTheWidget()
	v := who.frame(tab, p.url)
	is := func(change, want string) {
		t.Helper()
		get[any](tab, `() => { `+change+`; }`)
		v.until("after "+change+" it is "+want, `(want) => (document.documentElement.dataset.theme ?? 'system') === want || document.documentElement.dataset.theme`, want)
	}
	is("", "system")
	is("document.documentElement.dataset.theme = 'dark'", "dark")
	is("document.documentElement.dataset.theme = 'cupcake'", "system")
	is("document.documentElement.style.colorScheme = 'light'", "light")
	is("document.body.className = 'dark'", "dark")
	is("document.querySelector('script').dataset.theme = 'light'", "light")
	is("parley.boot({ theme: 'dark' })", "dark")
	is("parley.boot({ theme: 'system' })", "system")
	is("parley.boot({ theme: 'dark', language: 'de-CH' })", "dark")
	f := visitor{v, who}
	f.startAs("Ada")
	v.until("the field is in the visitor's language", `() => document.querySelector('[data-testid="composer"]').lang === 'de-CH' || document.querySelector('[data-testid="composer"]').lang`)
	get[any](tab, `() => { document.querySelector('script').dataset.language = 'fr'; parley.boot({ language: '' }); }`)
	v.until("it follows", `() => document.querySelector('[data-testid="composer"]').lang === 'fr' || document.querySelector('[data-testid="composer"]').lang`)
	// What the visitor chooses wins, and stays.
	v.click(at("menu"))
	v.do("choose the light theme", chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll('.themes input')][1].click()`))
	for _, language := range []string{"it", "nl"} {
		theme := map[string]string{"it": "system", "nl": "dark"}[language]
		get[any](tab, `(theme, language) => { parley.boot({ theme, language }); }`, theme, language)
		v.until("it has heard of it", `(language) => document.querySelector('[data-testid="composer"]').lang === language`, language)
		is("", "light")
	}
}

func TestTheConsoleSaysWhyTheChatDoesNotStart(t *testing.T) {
	shop := startSite(t)
	p, strict := startParley(t, "ALLOWED_ORIGINS="+shop.url), startParley(t)
	tag := `<script src="` + p.url + `/widget.js" defer></script>`
	doc := `<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><main><h1>Shop</h1></main>`
	kind := func(tab *page) {
		t.Helper()
		tab.until("the visitor reads a sentence instead of an empty frame", `() => {
			const [root] = `+hosted+`;
			return root.querySelector('.trouble').checkVisibility() && root.querySelector('.trouble').innerText.includes('Please try again') && getComputedStyle(root.querySelector('iframe')).visibility === 'hidden' || root.innerHTML;
		}`)
	}
	for _, c := range []struct {
		what, page, csp, says, allow string
		away                         bool // there is no launcher, as the site may not show the chat
	}{
		{away: true, what: "the origin is not allowed", page: doc + strings.ReplaceAll(tag, p.url, strict.url), csp: "default-src 'none'; img-src data:; script-src " + strict.url + "; frame-src " + strict.url, says: "Add " + shop.url + " to its setting ALLOWED_ORIGINS", allow: "frame-ancestors"},
		{what: "the policy forbids frames", page: doc + tag, csp: "default-src 'none'; img-src data:; script-src " + p.url, says: "Add " + p.url + " to its frame-src", allow: "Content Security Policy"},
		{away: true, what: "the page is in a sandbox", page: doc + tag, csp: "sandbox allow-scripts", says: "in a sandbox", allow: "frame-ancestors|sandbox|CORS|ERR_"},
		{what: "nothing answers there", page: doc + `<script>window.parleySettings = { url: 'http://127.0.0.1:1' };</script>` + tag, says: "nothing at http://127.0.0.1:1/ answers", allow: "127.0.0.1:1|ERR_"},
		{what: "the script was copied", page: doc + `<script>window.parleySettings = { url: '` + shop.url + `/copied/' };</script>` + tag, says: "set url to where Parley runs", allow: "MIME type|widget.js|framed.js"},
	} {
		t.Run(c.what, func(t *testing.T) {
			shop.page, shop.csp = c.page, c.csp
			who := visitors.person(t, "customer")
			tab := who.tab()
			tab.allow(c.allow)
			tab.open(shop.url)
			if c.away {
				tab.explains(c.says)
				tab.until("there is no launcher that leads nowhere", `() => !document.querySelector('[data-parley], iframe')`)
				return
			}
			tab.hasTheWidget()
			tab.click(launcher)
			tab.explains(c.says)
			kind(tab)
			tab.accessible("a chat that can't be reached")
		})
	}
}

// forbidsStorage makes the tab's pages as a strict browser makes those in frames of other
// sites: whoever touches the storage gets an exception.
func (g *page) forbidsStorage() {
	g.t.Helper()
	g.do("forbid storage", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, devtools.AddScriptToEvaluateOnNewDocument, devtools.AddScriptToEvaluateOnNewDocumentParams{Source: `
			for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {get() { throw new DOMException('denied', 'SecurityError'); }});`})
		return err
	}))
}

func TestWithoutStorageTheChatWorksAndForgets(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	who := visitors.person(t, "strict")
	v := visitor{who.tab(), who}
	v.forbidsStorage()
	v.open(p.url + "/")
	v.wears(shared)
	v.startAs("Ada")
	v.say("Hello")
	v.answered()
	v.click(at("person"))
	v.hears("1st in line")
	v.click(at("person"))
	v.hears("Parley bot")
	v.click(at("menu"))
	v.click(at("switch"))
	v.shows(at("start-back"), "Back")
	v.reload()
	v.shows(at("start"), "Start chat")

	shop.embeds(p)
	tab := who.tab()
	tab.forbidsStorage()
	tab.open(shop.url)
	tab.opensTheWidget()
	get[any](tab, `() => { parley.logout(); }`)
	tab.until("it is closed", `() => !(`+hosted+`)[0].querySelector('.open')`)
}
