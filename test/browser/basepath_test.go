package browser

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// Below a path of a host that serves other things, too: a visitor in the widget of another
// site, one on the page itself, an agent, and the operators' page.
func TestEverythingWorksBelowABasePath(t *testing.T) {
	shop := startSite(t)
	p := startParley(t, "BASE_PATH=/help/chat", "ALLOWED_ORIGINS="+shop.url)
	if !strings.HasSuffix(p.url, "/help/chat") {
		t.Fatalf("Parley says that it is at %s", p.url)
	}
	shop.embeds(p)
	shop.csp = "default-src 'none'; img-src data:; script-src " + origin(p) + "; frame-src " + origin(p)
	who := visitors.person(t, "customer")
	tab := who.tab()
	tab.open(shop.url)
	tab.click(launcher)
	v := visitor{who.frame(tab, p.url), who}
	v.startAs("Ada")
	v.say("Hello from the shop")
	v.answered()
	v.say("escalate")
	v.hears("in line")

	a := newAgent(t, p)
	a.signIn()
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	a.answers("Here I am")
	v.hasMessage("log", "agent", "Here I am")
	if links := get[[]string](a.page, `() => [...document.querySelectorAll('[href], [src]')].map((el) => el.href ?? el.src).filter((at) => at.startsWith(location.origin) && !at.startsWith(location.origin + '/help/chat/'))`); len(links) > 0 {
		t.Errorf("the console leads out of the base path: %v", links)
	}
	a.open(p.url + "/ops")
	a.until("the operators' page shows the verdict", `() => document.querySelector('[data-testid="verdict"], h1') !== null && document.body.innerText.length > 200`)
	if links := get[[]string](a.page, `() => [...document.querySelectorAll('a[href]')].map((el) => el.href).filter((at) => at.startsWith(location.origin) && !at.startsWith(location.origin + '/help/chat/'))`); len(links) > 0 {
		t.Errorf("the operators' page leads out of the base path: %v", links)
	}

	own := newVisitor(t, p)
	own.startAs("Grace")
	own.say("Hello from the page")
	own.answered()
	own.reload()
	own.hasMessage("log", "visitor", "Hello from the page")
}

// origin is where Parley is without its path.
func origin(p *parley) string {
	u, err := url.Parse(p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	return u.Scheme + "://" + u.Host
}

// Where a proxy takes the upgrade away, visitors and agents read that something in between
// blocks the connection, each with what they can do, and the log names the cure.
func TestWhereWebSocketsAreTakenAwayThePagesSaySo(t *testing.T) {
	p := startParley(t)
	to, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		r.Out.Header.Del("Upgrade")
		r.Out.Header.Del("Connection")
	}, Transport: &http.Transport{}})
	t.Cleanup(proxy.Close)
	behind := &parley{t: t, url: proxy.URL}

	v := newVisitor(t, behind)
	v.allow(`WebSocket connection to|status of 426 `)
	v.fill(at("name-input"), "Ada")
	v.click(at("start"))
	v.shows(at("offline-bar"), "Something between you and us is blocking this chat")

	a := newAgent(t, behind)
	a.allow(`WebSocket connection to|status of 426 `)
	a.fill(at("login-user"), "admin")
	a.fill(at("login-password"), adminPassword)
	a.click(at("login-submit"))
	a.shows(at("offline-bar"), "a proxy that leaves out “Upgrade”")
	if said := p.said.String(); !strings.Contains(said, `"cause":"upgrade"`) || !strings.Contains(said, "proxy_set_header Upgrade") {
		t.Errorf("the log does not name the cure:\n%s", said)
	}
}
