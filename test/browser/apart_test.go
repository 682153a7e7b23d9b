package browser

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// startApart starts everything in one process, the role web beside it, and a proxy as the
// documentation has it: /ws and /api to the gateway, the rest to the role. Its address is the
// system's.
func startApart(t *testing.T, env ...string) (system, gateway, web *parley) {
	t.Helper()
	gateway = startParley(t, append(env, "BOT_NAME=Lumi")...)
	web = startServing(t, []string{"web"}, []string{"GATEWAY_URL=" + gateway.url})
	to := func(p *parley) *httputil.ReverseProxy {
		at, err := url.Parse(p.url)
		if err != nil {
			t.Fatal(err)
		}
		return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(at)
			r.Out.Host = r.In.Host
		}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}
	}
	toGateway, toWeb := to(gateway), to(web)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path+"/", "/ws/") || strings.HasPrefix(r.URL.Path+"/", "/api/") {
			toGateway.ServeHTTP(w, r)
			return
		}
		toWeb.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	return &parley{t: t, url: proxy.URL}, gateway, web
}

// Pages from a role of their own: whichever of the two goes, the other goes on.
func TestPagesOfTheirOwn(t *testing.T) {
	system, gateway, web := startApart(t)
	v, a := newVisitor(t, system), newAgent(t, system)
	for _, each := range []*page{v.page, a.page} {
		each.allow(`status of 50[0-9] |WebSocket connection|ERR_`)
	}
	if face := get[string](v.page, `() => document.querySelector('meta[name="face"]').content`); !strings.Contains(face, `"bot":"Lumi"`) {
		t.Errorf("the page came with the face %s", face)
	}
	v.startAs("Ada")
	v.say("Hello")
	v.answered()
	a.signIn()

	// An open page needs nothing of the role that it came from.
	web.kill()
	v.say("Still here?")
	v.answered()
	v.say("escalate")
	v.hears("in line")
	a.seesWaiting("Ada")
	a.opens()
	a.takes()
	a.answers("Here I am")
	v.hasMessage("log", "agent", "Here I am")
	web.restart()

	// A page can be loaded while no gateway answers, and keeps what is typed.
	// Meanwhile it does not promise an answer right away.
	gateway.stop()
	v.reload()
	v.shows(at("who"), "once you’re connected")
	v.say("Written meanwhile")
	newcomer := newVisitor(t, system, "newcomer")
	newcomer.allow(`status of 50[0-9] |ERR_`)
	newcomer.shows(at("team"), "once you’re connected")
	gateway.restart()
	newcomer.shows(at("team"), "answers right away")
	v.hasMessage("log", "visitor", "Still here?")
	v.hasMessage("log", "visitor", "Written meanwhile")
}

// Who a visitor is, only a gateway says. A page that comes while none is there asks again.
func TestAPageThatComesBeforeAGatewayLearnsWhoVisitorsAre(t *testing.T) {
	system, gateway, _ := startApart(t, "VISITOR_AUTH=signed", "TOKEN_KEY="+strings.Repeat("k", 32))
	gateway.stop()
	v := newVisitor(t, system)
	v.allow(`status of 50[0-9] |WebSocket connection|ERR_`)
	v.shows(at("start"), "")
	gateway.restart()
	v.shows("body", "opens from the website it belongs to")
}

// A gateway that takes connections and says nothing, such as one that hangs, keeps no page
// empty: a newcomer can write at once, and is heard when a gateway answers.
func TestAGatewayThatSaysNothingLeavesNoPageEmpty(t *testing.T) {
	system, gateway, _ := startApart(t)
	gateway.stop()
	hangs, err := net.Listen("tcp", strings.TrimPrefix(gateway.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hangs.Close() })
	v := newVisitor(t, system)
	v.allow(`status of 50[0-9] |WebSocket connection|ERR_`)
	v.shows(at("start"), "")
	v.fill(at("name-input"), "Ada")
	if err := hangs.Close(); err != nil {
		t.Fatal(err)
	}
	gateway.restart()
	v.startAs("Ada")
	v.say("Hello")
	v.answered()
}
