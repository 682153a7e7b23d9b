package browser

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// site is somebody else's website.
type site struct {
	url  string // to a browser, "localhost" is a different site from "127.0.0.1"
	page string // its one page
	csp  string
	mime string      // text/html if it is empty
	more http.Header // sent with the page, too
}

func startSite(t *testing.T) *site {
	t.Helper()
	s := &site{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", cmp.Or(s.mime, "text/html")+"; charset=utf-8")
		for name := range s.more {
			w.Header().Set(name, s.more.Get(name))
		}
		if s.csp != "" {
			w.Header().Set("Content-Security-Policy", s.csp)
		}
		_, _ = fmt.Fprint(w, s.page)
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://localhost:" + port
	return s
}

// embeds writes a page with the one script tag that the README shows.
func (s *site) embeds(p *parley) {
	s.page = `<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><main><h1>Shop</h1></main><script src="` + p.url + `/widget.js" defer></script>`
	s.csp = "default-src 'none'; img-src data:; script-src " + p.url + "; frame-src " + p.url
}

// launcher is the widget's button.
const launcher = `button[aria-expanded]`

// mark waits until the launcher's mark has this text.
func (g *page) mark(want string) {
	g.t.Helper()
	g.until("the launcher's mark is "+want, `(want) => {
		const mark = [...document.body.children].find((el) => el.shadowRoot)?.shadowRoot.querySelector('.unread')?.textContent;
		return mark === want || mark;
	}`, want)
}

// frame waits for another site's frame in a tab, and attaches to it.
func (p *profile) frame(g *page, url string) *page {
	p.t.Helper()
	var found *target.Info
	eventually(p.t, "there is a frame of "+url, func() (bool, string) {
		infos, err := chromedp.Targets(g.ctx)
		if err != nil {
			return false, err.Error()
		}
		i := slices.IndexFunc(infos, func(each *target.Info) bool { return each.Type == "iframe" && strings.HasPrefix(each.URL, url) })
		if i < 0 {
			return false, fmt.Sprintf("%d targets", len(infos))
		}
		found = infos[i]
		return true, ""
	})
	f := p.attach(p.who+"-frame", chromedp.WithTargetID(found.TargetID))
	f.mouse, f.inTab = g, func(x, y float64) spot {
		at, err := eval[spot](g, inFrame, x, y)
		if err != nil {
			return spot{Why: err.Error()}
		}
		return at
	}
	return f
}

func TestTheWidgetIsTheChatInACornerOfAnotherSite(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	shop.embeds(p)
	who := visitors.person(t, "customer")
	tab := who.tab()
	tab.open(shop.url)
	if n := get[int](tab, `() => performance.getEntriesByType('resource').length`); n > 2 {
		t.Errorf("a page with a widget that nobody opened loads %d files; the script, and one question whether it may show itself and how, are enough", n)
	}
	tab.accessible("a page with the widget")
	tab.click(launcher)
	v := visitor{who.frame(tab, p.url), who}
	v.startAs("Ada")
	v.say("Hello from the shop")
	v.answered()
	v.accessible("the chat in the widget")
	v.say("escalate")
	v.hears("in line")

	a := newAgent(t, p)
	a.signIn()
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	v.hears("Admin from support")
	tab.click(launcher)
	tab.until("the widget is closed", `() => [...document.body.children].find((el) => el.shadowRoot).shadowRoot.querySelector('button').getAttribute('aria-expanded') === 'false'`)
	a.answers("Here I am")
	tab.mark("1")
	a.answers("And once more")
	tab.mark("2")
	tab.until("the newest message is beside the launcher", `() => {
		const peek = [...document.body.children].find((el) => el.shadowRoot)?.shadowRoot.querySelector('.peek')?.innerText ?? '';
		return peek.includes('Admin') && peek.includes('And once more') || peek;
	}`)
	tab.accessible("a page with a new message")
	// By the keyboard it can be hidden, until there is another.
	get[any](tab, `() => document.querySelector('[data-parley]').shadowRoot.querySelector('.news').focus()`)
	tab.press("\u001b")
	tab.until("it is hidden, and the focus is on the launcher", `() => {
		const root = document.querySelector('[data-parley]').shadowRoot;
		return !root.querySelector('.news-here') && root.activeElement === root.querySelector('.launcher');
	}`)
	a.answers("A third")
	tab.until("the next one is there", `() => document.querySelector('[data-parley]').shadowRoot.querySelector('.news-here .peek')?.innerText.includes('A third')`)
	tab.click(".news")
	tab.mark("")
	v.hasMessage("log", "agent", "And once more")

	// On the site's next page the chat continues. The browser caches the previous page,
	// and cuts its connection.
	v.allow("Back-Forward Cache")
	tab.open(shop.url + "/basket")
	again := visitor{who.frame(tab, p.url), who}
	again.hasMessage("log", "visitor", "Hello from the shop")
	again.hears("Admin from support")
}

func TestASiteThatIsNotAllowedCanNotFrameThePage(t *testing.T) {
	shop, thief := startSite(t), startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	thief.page = `<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><iframe src="` + p.url + `/"></iframe>`
	who := visitors.person(t, "victim")
	tab := who.tab()
	tab.open(thief.url)
	who.refusesAFrame(tab, p)
}

func TestNoSiteCanFrameTheConsole(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	shop.page = `<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><iframe src="` + p.url + `/agent"></iframe>`
	who := agents.person(t, "victim")
	tab := who.tab()
	tab.open(shop.url)
	who.refusesAFrame(tab, p)
}

// refusesAFrame waits until the browser reports that it refused to frame Parley, and
// excuses that report.
func (who *profile) refusesAFrame(g *page, p *parley) {
	g.t.Helper()
	eventually(g.t, "the frame is refused", func() (bool, string) {
		left := g.left()
		return slices.ContainsFunc(left, func(fault string) bool { return strings.Contains(fault, "frame-ancestors") }), fmt.Sprint(left)
	})
	g.allow("frame-ancestors")
	infos, err := chromedp.Targets(g.ctx)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, info := range infos {
		// The target of a refused frame may still have the address that was requested.
		if info.Type == "iframe" && strings.HasPrefix(info.URL, p.url) {
			f := who.attach(who.who+"-frame", chromedp.WithTargetID(info.TargetID))
			// The browser's refusal page may not be shown under Parley's address; newer
			// Chromiums complain about that.
			f.allow("Unsafe attempt to load URL")
			f.until("the frame shows the browser's own refusal", `() => location.href.startsWith('chrome-error:') || location.href`)
		}
	}
}
