package system_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// refusal is an error frame.
type refusal struct {
	T, ID, Code, Message string
	Retry                int64 `json:"retry_after_ms"`
}

// later reports whether the frame tells a client to come again, in a sentence.
func (r refusal) later(code string) bool {
	return r.T == "error" && r.Code == code && r.Retry > 0 && strings.HasSuffix(r.Message, ".")
}

// plain is a visitor's socket on which a test reads and writes by itself.
type plain struct {
	t  *testing.T
	ws *websocket.Conn
}

func dialPlain(t *testing.T, gatewayURL string) plain {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"parley.v1"}, HandshakeTimeout: 10 * time.Second}
	ws, resp, err := d.Dial("ws"+strings.TrimPrefix(gatewayURL, "http")+"/ws", nil)
	if err != nil {
		t.Fatalf("dial: %v (%v)", err, resp)
	}
	t.Cleanup(func() { _ = ws.Close() })
	return plain{t, ws}
}

// ask writes a frame and returns the next one that is no event, and no signal.
func (p plain) ask(frame map[string]any) refusal {
	p.t.Helper()
	if err := p.ws.WriteJSON(frame); err != nil {
		p.t.Fatal(err)
	}
	_ = p.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		_, data, err := p.ws.ReadMessage()
		if err != nil {
			p.t.Fatalf("waiting for an answer to %v: %v", frame, err)
		}
		var r refusal
		if err := json.Unmarshal(data, &r); err != nil {
			p.t.Fatal(err)
		}
		if r.T != "event" && r.T != "signal" {
			return r
		}
	}
}

func (p plain) hello(name string) refusal {
	p.t.Helper()
	return p.ask(map[string]any{"t": "hello", "name": name})
}

func (p plain) send(id string) refusal {
	p.t.Helper()
	return p.ask(map[string]any{"t": "send", "id": id, "text": "How?"})
}

// patientBot answers one after the other, each as long as it is told.
type patientBot struct{ each atomic.Int64 }

func (b *patientBot) Think(ctx context.Context, q answer.Question, p answer.Progress) (answer.Answer, error) {
	wait := time.NewTimer(time.Duration(b.each.Load()))
	defer wait.Stop()
	select {
	case <-wait.C:
		return echo{}.Think(ctx, q, p)
	case <-ctx.Done():
		return answer.Answer{}, ctx.Err()
	}
}

// Far more newcomers than the bot can answer. They are turned away and told when
// to come again; who was served goes on, one question at a time; who talks to a
// person notices nothing; and when the bot is through, all is as before.
func TestAFloodOfNewcomersIsTurnedAwayAndTheServedGoOn(t *testing.T) {
	s := newSystem(t)
	s.history()
	bot := &patientBot{}
	bot.each.Store(int64(20 * time.Millisecond))
	s.run("botworker", func(conn *bus.Conn) func(context.Context) error {
		return botworker.New(botworker.Options{Version: "0.0.0", Workers: 1, Log: s.log}, conn, bot).Run
	})
	g, other := s.gateway(), s.gateway()

	ada := dial(t, g.url)
	token := ada.hello("Ada", "", 0).Token
	turn := func(i int) { ada.say(fmt.Sprint("a", i), "Is anybody here?") }
	n := 0
	for began := time.Now(); time.Since(began) < 3*time.Second; n++ { // for as long as counts as "before the flood"
		turn(n)
		bustest.Eventually(t, "an answer", func() bool { return covered(ada.seen()) == n+1 })
	}

	var newcomers []plain
	turnedAway := refusal{}
	bustest.EventuallyWithin(t, 30*time.Second, "a newcomer to be turned away", func() bool {
		for range 10 {
			p := dialPlain(t, g.url)
			if r := p.hello(fmt.Sprint("Newcomer ", len(newcomers))); r.T == "error" {
				turnedAway = r
				return true
			}
			newcomers = append(newcomers, p)
			if r := p.send("m1"); r.T == "error" {
				turnedAway = r
				return true
			}
		}
		return false
	})
	if !turnedAway.later("unavailable") || turnedAway.Retry < 1000 {
		t.Errorf("a newcomer is told %+v", turnedAway)
	}
	if len(newcomers) < 200 {
		t.Errorf("newcomers were turned away after %d, which is no flood", len(newcomers))
	}
	// Who came with the flood is part of it.
	if r := newcomers[len(newcomers)-2].send("m2"); !r.later("unavailable") {
		t.Errorf("one of the flood goes on: %+v", r)
	}
	// Who was served goes on, here and at another gateway, but asks nothing new
	// before the answer.
	if ada.say("during", "And now?") == 0 {
		t.Error("who was served is no longer")
	}
	ada.write("t", "send", "id", "impatient", "text", "Well?")
	if f := ada.answer("impatient"); f.Code != "rate_limited" {
		t.Errorf("a second question: %+v", f)
	}
	bustest.Eventually(t, "the other gateway to see it", func() bool {
		p := dialPlain(t, other.url)
		return p.hello(fmt.Sprintf("Elsewhere %d", time.Now().UnixNano())).later("unavailable")
	})
	there := dial(t, other.url)
	if f := there.hello("Ada", token, 0); f.T != "welcome" {
		t.Fatalf("at another gateway: %+v", f)
	}
	if f := there.say("elsewhere", "Is it better here?"); f == 0 {
		t.Error("who was served is not at another gateway")
	}

	bot.each.Store(0)
	bustest.EventuallyWithin(t, 60*time.Second, "newcomers to be let in again", func() bool {
		p := dialPlain(t, g.url)
		defer func() { _ = p.ws.Close() }()
		return p.hello(fmt.Sprintf("Late %d", time.Now().UnixNano())).T == "welcome" && p.send("m1").T == "ack"
	})
	bustest.EventuallyWithin(t, 30*time.Second, "one of the flood to be heard again", func() bool { return newcomers[len(newcomers)-2].send("m2").T == "ack" })
}

// Nobody is turned away because no bot runs: what is said is answered later.
func TestNobodyIsTurnedAwayBecauseNoBotRuns(t *testing.T) {
	s := newSystem(t)
	s.history()
	bot := s.bot(echo{})
	g := s.gateway()
	ada := dial(t, g.url)
	ada.hello("Ada", "", 0)
	ada.say("first", "Hello?")
	ada.event("reply", "Hello?")
	bot.stop()
	const many = 600 // three times what counts as a backlog while a bot works
	for i := range many {
		if ada.say(fmt.Sprint("m", i), "Is anybody here?") == 0 {
			t.Fatalf("message %d was turned away", i)
		}
		ada.forget()
	}
	p := dialPlain(t, g.url)
	if r := p.hello("Ben"); r.T != "welcome" {
		t.Errorf("a newcomer while no bot runs: %+v", r)
	}
	if r := p.send("m1"); r.T != "ack" {
		t.Errorf("a newcomer while no bot runs: %+v", r)
	}
}

// Nonsense counts like anything else, and who goes on with it is sent away.
func TestWhoGoesOnWithNonsenseIsSentAway(t *testing.T) {
	s := newSystem(t)
	g := s.gateway(func(o *gateway.Options) { o.RatePerConnection = 1 })
	for _, nonsense := range []string{"nonsense", `{"t":"nonsense"}`, `{"t":"send","id":"x","text":"x"}`, `{"t":"hello","name":""}`} {
		p := dialPlain(t, g.url)
		codes, told := map[string]int{}, 0
		write := make(chan error, 1)
		go func() {
			for range 5000 {
				if err := p.ws.WriteMessage(websocket.TextMessage, []byte(nonsense)); err != nil {
					break
				}
			}
			write <- nil
		}()
		_ = p.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
		var r refusal
		_, data, err := p.ws.ReadMessage()
		for ; err == nil; _, data, err = p.ws.ReadMessage() {
			if json.Unmarshal(data, &r) == nil {
				codes[r.Code]++
				told++
			}
		}
		<-write
		// The close frame may be lost with what the gateway did not read any more.
		if websocket.IsUnexpectedCloseError(err, websocket.ClosePolicyViolation, websocket.CloseAbnormalClosure) {
			t.Errorf("%s: %v", nonsense, err)
		}
		if told > 1000 || codes["rate_limited"] == 0 {
			t.Errorf("%s: %d of 5000 frames were answered: %v", nonsense, told, codes)
		}
	}
	// Who sends some nonsense only is told so.
	p := dialPlain(t, g.url)
	if r := p.hello("Ada"); r.T != "welcome" {
		t.Fatalf("%+v", r)
	}
	for range 2 {
		if r := p.ask(map[string]any{"t": "nonsense"}); r.Code != "bad_frame" {
			t.Errorf("%+v", r)
		}
	}
}

// A gateway has so many seats and no more, and one address not all of them. Agents
// have their own.
func TestAGatewayHasSoManySeats(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway(func(o *gateway.Options) {
		o.MaxConnections, o.TrustedProxies = 8, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
	come := func(from string) (ws *websocket.Conn, status int, body, again string) {
		t.Helper()
		d := websocket.Dialer{Subprotocols: []string{"parley.v1"}}
		ws, resp, err := d.Dial("ws"+strings.TrimPrefix(g.url, "http")+"/ws", http.Header{"X-Forwarded-For": {from}})
		if err == nil {
			t.Cleanup(func() { _ = ws.Close() })
			return ws, resp.StatusCode, "", ""
		}
		if resp == nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return nil, resp.StatusCode, string(text), resp.Header.Get("Retry-After")
	}
	var first *websocket.Conn
	for _, from := range []string{"192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"} {
		ws, _, _, _ := come(from)
		second, _, _, _ := come(from)
		if ws == nil || second == nil {
			t.Fatalf("there is a seat, and %s was not let in", from)
		}
		first = ws
		if _, status, body, again := come(from); status != http.StatusTooManyRequests || again == "" || !strings.Contains(body, "rate_limited") {
			t.Errorf("a third connection of %s: %d, again after %q: %s", from, status, again, body)
		}
	}
	if _, status, body, again := come("192.0.2.3"); status != http.StatusServiceUnavailable || again == "" || !strings.Contains(body, "unavailable") {
		t.Errorf("one too many: %d, again after %q: %s", status, again, body)
	}
	header := signIn(t, g.url, "admin", adminPassword)
	for range 3 {
		dialAs(t, g.url, "/ws/agent", "parley.agent.v1", header).find("a welcome", func(f frame) bool { return f.T == "welcome" })
	}
	_ = first.Close()
	bustest.Eventually(t, "a seat to be free", func() bool { ws, _, _, _ := come("192.0.2.3"); return ws != nil })
}

// The disk is full for a while. Nothing is taken then, everybody is told so in a
// sentence and when to come again, what there is can be read; and it ends.
func TestWithoutRoomNothingIsTaken(t *testing.T) {
	s := newSystem(t)
	var full atomic.Bool
	s.history()
	s.bot(echo{})
	g := s.gateway(func(o *gateway.Options) {
		o.Room = func() error {
			if full.Load() {
				return errors.New("there is no room")
			}
			return nil
		}
	})
	ready := func() int {
		t.Helper()
		resp, err := http.Get(g.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		return resp.StatusCode
	}
	ada := dialPlain(t, g.url)
	if r := ada.hello("Ada"); r.T != "welcome" {
		t.Fatalf("%+v", r)
	}
	if r := ada.send("m1"); r.T != "ack" || ready() != http.StatusOK {
		t.Fatalf("%+v", r)
	}
	full.Store(true)
	for _, frame := range []map[string]any{
		{"t": "send", "id": "m2", "text": "x"}, {"t": "escalate", "id": "m3"}, {"t": "rate", "id": "m4", "score": 5}, {"t": "close", "id": "m5"},
	} {
		if r := ada.ask(frame); !r.later("unavailable") && !r.later("rate_limited") || frame["id"] == "m2" && !strings.Contains(r.Message, "no room") {
			t.Errorf("%v: %+v", frame, r)
		}
	}
	if r := ada.ask(map[string]any{"t": "page", "id": "p1"}); r.T != "page" {
		t.Errorf("a page: %+v", r)
	}
	ben := dialPlain(t, g.url)
	if r := ben.hello("Ben"); !r.later("unavailable") || !strings.Contains(r.Message, "no room") {
		t.Errorf("a new name: %+v", r)
	}
	console := console(t, g.url, "admin", adminPassword)
	console.find("a welcome", func(f frame) bool { return f.T == "welcome" })
	console.write("t", "note", "id", "n1", "chat", strings.Repeat("a", 16), "text", "x")
	if f := console.answer("n1"); f.Code != "unavailable" {
		t.Errorf("a note: %+v", f)
	}
	if ready() != http.StatusServiceUnavailable {
		t.Error("it says that it is ready")
	}
	full.Store(false)
	if r := ben.hello("Ben"); r.T != "welcome" || ready() != http.StatusOK {
		t.Errorf("with room again a new name gets %+v", r)
	}
	for _, id := range []string{"m2", "m3", "m4", "m5"} { // in their order, each at its time
		bustest.Eventually(t, id+" to be stored", func() bool { return ada.send(id).T == "ack" })
	}
}
