package browser

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// flaw is a proxy in front of Parley that spoils the pages, while it is told to.
type flaw struct {
	url    string
	spoils atomic.Bool
}

// startFlaw starts one with what it makes of a page.
func startFlaw(t *testing.T, p *parley, spoiled func(page string) string) *flaw {
	t.Helper()
	to, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	f := &flaw{}
	// The proxy's own address counts in the page's policy and for its sockets.
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		r.Out.Header.Del("Accept-Encoding")
		r.Out.Header.Del("If-None-Match")
	}, ModifyResponse: func(r *http.Response) error {
		if !f.spoils.Load() || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			return nil
		}
		page, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		body := spoiled(string(page))
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		r.Header.Del("ETag")
		return nil
	}}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

const moduleStart = `<script type="module">`

// cutShort is a page whose end did not arrive: the script that starts it is not whole.
func cutShort(page string) string {
	at := strings.Index(page, moduleStart)
	return page[:at+(len(page)-at)/2]
}

// unreadable is a page whose script is in a language too new for the browser, and which
// something on the way wrote, so that the policy forbids it, too.
func unreadable(page string) string {
	return page[:strings.Index(page, moduleStart)] + moduleStart + "export const x = @@new@@;</script></body></html>"
}

func TestAPageThatCannotStartSaysWhy(t *testing.T) {
	p := startParley(t)
	for what, spoiled := range map[string]func(string) string{"cut": cutShort, "unreadable": unreadable} {
		f := startFlaw(t, p, spoiled)
		for path, started := range map[string]string{"/": "start", "/agent": "login-user", "/ops": "login-user", "/embed": "login-user"} {
			g := visitors.person(t, what+"-"+strings.Trim(path, "/")).tab()
			g.allow(`status of 401 |SyntaxError|Content Security Policy`)
			f.spoils.Store(true)
			g.open(f.url + path)
			g.shows("#trouble", "could not be loaded")
			g.inBoth("trouble")
			g.resize(320)
			g.fits("trouble")
			get[bool](g, `() => window.before = true`)
			g.click(at("trouble-again"))
			g.until("the page is loaded anew", `() => !window.before`)
			g.shows("#trouble", "could not be loaded") // the fault is still there
			f.spoils.Store(false)
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
	f := startFlaw(t, p, cutShort)
	shop.embeds(&parley{url: f.url})
	shop.page = strings.Replace(shop.page, "<title>", `<meta name="viewport" content="width=device-width"><title>`, 1)
	f.spoils.Store(true)
	who := visitors.person(t, "customer")
	tab := who.tab()
	tab.open(shop.url)
	tab.resize(375)
	tab.click(launcher)
	frame := who.frame(tab, f.url)
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
