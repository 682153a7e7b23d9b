package proxies

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// visitorAddr is the address that browsers come from here: neither the proxy's nor
// Parley's.
const visitorAddr = "127.9.8.7"

// browser reaches a site by a proxy's address, as a browser reaches it by its name.
type browser struct {
	t      *testing.T
	site   string // such as https://chat.example.org:4711
	base   string // such as /chat
	dial   func(ctx context.Context, network, addr string) (net.Conn, error)
	client *http.Client
}

func newBrowser(t *testing.T, site, base, proxy string) *browser {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(visitorAddr)}, Timeout: patience}
	b := &browser{t: t, site: site, base: base, dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, proxy)
	}}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: b.dial, TLSClientConfig: trusting(), DisableKeepAlives: true}
	b.client = &http.Client{Transport: transport, Jar: jar, Timeout: patience}
	return b
}

// do makes a request as the page does, and returns the body of its answer.
func (b *browser) do(method, path, body string) (*http.Response, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.site+b.base+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if method != http.MethodGet {
		r.Header.Set("Origin", b.site)
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp, string(text)
}

// open opens a WebSocket from a page of the site.
func (b *browser) open(path, protocol string) (*websocket.Conn, int) {
	b.t.Helper()
	at := "ws" + strings.TrimPrefix(b.site, "http") + b.base + path
	header := http.Header{"Origin": {b.site}}
	if u, err := url.Parse(b.site + b.base + path); err == nil {
		var all []string
		for _, c := range b.client.Jar.Cookies(u) {
			all = append(all, c.Name+"="+c.Value)
		}
		if len(all) > 0 {
			header.Set("Cookie", strings.Join(all, "; "))
		}
	}
	d := websocket.Dialer{NetDialContext: b.dial, TLSClientConfig: trusting(), Subprotocols: []string{protocol}, HandshakeTimeout: patience}
	socket, resp, err := d.DialContext(b.t.Context(), at, header)
	if err != nil {
		if resp == nil {
			b.t.Fatalf("open %s: %v", at, err)
		}
		return nil, resp.StatusCode
	}
	b.t.Cleanup(func() { _ = socket.Close() })
	return socket, resp.StatusCode
}

// frame is what of a frame is looked at.
type frame struct {
	T, ID, Chat, Kind, Text, Code, Message string
	Seq                                    uint64
	Set                                    *struct{ Chat, Status string }
	Desk, Events                           []struct{ Chat, Status, Kind string }
}

// await reads until a frame is wanted.
func (b *browser) await(socket *websocket.Conn, what string, want func(frame) bool) frame {
	b.t.Helper()
	_ = socket.SetReadDeadline(time.Now().Add(patience))
	for {
		var f frame
		_, data, err := socket.ReadMessage()
		if err == nil {
			err = json.Unmarshal(data, &f)
		}
		if err != nil {
			b.t.Fatalf("waiting for %s: %v", what, err)
		}
		if f.T == "error" {
			b.t.Fatalf("waiting for %s: refused with %s: %s", what, f.Code, f.Message)
		}
		if want(f) {
			return f
		}
	}
}

func (b *browser) send(socket *websocket.Conn, text string, arguments ...any) {
	b.t.Helper()
	if err := socket.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, text, arguments...)); err != nil {
		b.t.Fatal(err)
	}
}

// talks has a visitor and an agent do through the proxy what they do on any day.
func (b *browser) talks(log *lines) {
	b.t.Helper()
	resp, page := b.do(http.MethodGet, "/", "")
	if resp.StatusCode != http.StatusOK || !strings.Contains(page, `<meta name="base" content="`+b.base+`">`) {
		b.t.Fatalf("the page: %s\n%s", resp.Status, page)
	}
	_, rest, _ := strings.Cut(page, "sourceMappingURL="+b.base)
	file, _, _ := strings.Cut(rest, "\n")
	file, _, _ = strings.Cut(file, " ")
	if resp, _ := b.do(http.MethodGet, file, ""); resp.StatusCode != http.StatusOK || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
		b.t.Errorf("the file %s: %s", file, resp.Status)
	}
	for _, path := range []string{"/agent", "/ops", "/widget.js", "/api/config"} {
		if resp, _ := b.do(http.MethodGet, path, ""); resp.StatusCode != http.StatusOK {
			b.t.Errorf("%s: %s", path, resp.Status)
		}
	}

	visitor, status := b.open("/ws", "parley.v1")
	if visitor == nil {
		b.t.Fatalf("the visitor's WebSocket is refused with %d", status)
	}
	b.send(visitor, `{"t":"hello","name":"Ada","token":"claim:%032x"}`, time.Now().UnixNano())
	b.await(visitor, "the welcome", func(f frame) bool { return f.T == "welcome" })
	b.send(visitor, `{"t":"send","id":"v1","text":"Where is my parcel?"}`)
	b.await(visitor, "the bot's reply", func(f frame) bool { return f.T == "event" && f.Kind == "reply" })
	b.send(visitor, `{"t":"escalate","id":"v2"}`)

	if resp, text := b.do(http.MethodPost, "/api/login", `{"user":"admin","password":"`+adminPassword+`"}`); resp.StatusCode != http.StatusOK {
		b.t.Fatalf("the sign-in: %s: %s", resp.Status, text)
	} else {
		for _, c := range resp.Cookies() {
			if want := b.base; c.MaxAge >= 0 && (c.Secure != strings.HasPrefix(b.site, "https") || c.Path != want && !(want == "" && c.Path == "/")) {
				b.t.Errorf("the cookie %v", c)
			}
		}
	}
	if resp, _ := b.do(http.MethodGet, "/api/me", ""); resp.StatusCode != http.StatusOK {
		b.t.Fatalf("after the sign-in: %s", resp.Status)
	}
	agent, status := b.open("/ws/agent", "parley.agent.v1")
	if agent == nil {
		b.t.Fatalf("the agent's WebSocket is refused with %d", status)
	}
	chat := ""
	b.await(agent, "the chat on the desk", func(f frame) bool {
		for _, entry := range f.Desk {
			chat = entry.Chat
		}
		if f.Set != nil {
			chat = f.Set.Chat
		}
		return chat != ""
	})
	b.send(agent, `{"t":"open","id":"a0","chat":%q}`, chat)
	b.await(agent, "the chat", func(f frame) bool { return f.ID == "a0" })
	b.send(agent, `{"t":"take","id":"a1","chat":%q}`, chat)
	b.await(agent, "the chat to be taken", func(f frame) bool { return f.ID == "a1" })
	b.send(agent, `{"t":"say","id":"a2","chat":%q,"text":"On its way."}`, chat)
	said := b.await(visitor, "the agent's words", func(f frame) bool { return f.T == "event" && f.Kind == "say" && f.Text == "On its way." })

	// A file as large as they may be.
	file = "/api/files/" + chat + "/" + "A0a1B2b3C4c5D6d7E8e9-_"
	large := strings.Repeat("It is on its way. ", 10_000_000/18)
	if resp, text := b.do(http.MethodPost, file+"?name=large.txt", large); resp.StatusCode != http.StatusCreated {
		b.t.Errorf("a file of 10 MB: %s: %s", resp.Status, text)
	} else if resp, text := b.do(http.MethodGet, file, ""); resp.StatusCode != http.StatusOK || text != large {
		b.t.Errorf("reading it: %s, %d bytes", resp.Status, len(text))
	}

	b.send(visitor, `{"t":"page","id":"v3","before":%d,"limit":20}`, said.Seq)
	if page := b.await(visitor, "a page of the history", func(f frame) bool { return f.T == "page" }); len(page.Events) < 3 {
		b.t.Errorf("the page has %d events", len(page.Events))
	}
	if !strings.Contains(log.String(), `"addr":"`+visitorAddr+`"`) {
		b.t.Errorf("the address of the browser, %s, is not seen:\n%s", visitorAddr, log)
	}
	if strings.Contains(log.String(), "was refused") || strings.Contains(log.String(), "TRUSTED_PROXIES") {
		b.t.Errorf("the log has a warning:\n%s", log)
	}
}
