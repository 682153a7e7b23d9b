package browser

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// flaw is a proxy in front of Parley that spoils one file.
type flaw struct {
	url string
	// spoils is the suffix of the addresses of spoiled files; if empty, none is.
	spoils atomic.Value
	spoil  func(w http.ResponseWriter)
}

func startFlaw(t *testing.T, p *parley, spoil func(w http.ResponseWriter)) *flaw {
	t.Helper()
	to, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	f := &flaw{spoil: spoil}
	f.spoils.Store("")
	// The proxy's own address counts in the page's policy and for its sockets.
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if file := f.spoils.Load().(string); file != "" && strings.HasSuffix(r.URL.Path, file) {
			f.spoil(w)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func badGateway(w http.ResponseWriter) { http.Error(w, "bad gateway", http.StatusBadGateway) }

// unreadable serves a script in a language too new for the browser.
func unreadable(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/javascript")
	_, _ = io.WriteString(w, "export const x = @@new@@;")
}

func TestAPageThatCannotStartSaysWhy(t *testing.T) {
	p := startParley(t)
	for what, spoil := range map[string]func(http.ResponseWriter){"502": badGateway, "unreadable": unreadable} {
		f := startFlaw(t, p, spoil)
		for path, started := range map[string]string{"/": "start", "/agent": "login-user", "/ops": "login-user", "/embed": "login-user"} {
			g := visitors.person(t, what+"-"+strings.Trim(path, "/")).tab()
			g.allow(`status of (401|502) |SyntaxError`)
			f.spoils.Store("/main.js")
			g.open(f.url + path)
			g.shows("#trouble", "could not be loaded")
			g.inBoth("trouble")
			g.resize(320)
			g.fits("trouble")
			get[bool](g, `() => window.before = true`)
			g.click(at("trouble-again"))
			g.until("the page is loaded anew", `() => !window.before`)
			g.shows("#trouble", "could not be loaded") // the fault is still there
			f.spoils.Store("")
			g.click(at("trouble-again"))
			g.shows(at(started), "")
			if n := get[int](g, `() => document.querySelectorAll('#trouble').length`); n != 0 {
				t.Errorf("%s: the trouble message is on a page that works", path)
			}
		}
	}
}

// On a phone the frame covers everything, including the launcher.
func TestAFrameThatCannotStartCanBeClosed(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "ALLOWED_ORIGINS="+shop.url)
	f := startFlaw(t, p, badGateway)
	shop.embeds(&parley{url: f.url})
	shop.page = strings.Replace(shop.page, "<title>", `<meta name="viewport" content="width=device-width"><title>`, 1)
	f.spoils.Store("/main.js")
	who := visitors.person(t, "customer")
	tab := who.tab()
	tab.open(shop.url)
	tab.resize(375)
	tab.click(launcher)
	frame := who.frame(tab, f.url)
	frame.allow(`status of 502 `)
	frame.shows("#trouble", "could not be loaded")
	frame.click("#trouble-close")
	tab.until("the widget is closed", `() => [...document.body.children].find((el) => el.shadowRoot).shadowRoot.querySelector('button').getAttribute('aria-expanded') === 'false'`)
}

func TestWithoutJavaScriptEachPageSaysWhatItNeeds(t *testing.T) {
	p := startParley(t)
	g := visitors.person(t, "visitor").tab()
	g.do("turn JavaScript off", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	for _, path := range []string{"/", "/agent", "/ops", "/embed"} {
		g.open(p.url + path)
		g.shows("noscript .trouble", "needs JavaScript")
	}
	g.resize(320)
	g.shows("noscript .trouble a", "Load again")
	g.do("turn JavaScript on", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
		return err
	}))
	g.allow(`status of 401 `)
	g.click("noscript .trouble a")
	g.shows(at("login-user"), "")
}
