package system_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
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
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// knock says hello once, and returns what comes of it.
func knock(c *talktest.Client, name string) talk.Frame { return c.Ask("t", "hello", "name", name) }

// try sends a message once, and returns what comes of it.
func try(c *talktest.Client, id string) talk.Frame {
	return c.Ask("t", "send", "id", id, "text", "How?")
}

// behindProxy makes a gateway take its clients' addresses from X-Forwarded-For.
func behindProxy(o *gateway.Options) {
	o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
}

// address is one of many addresses of visitors.
func address(i int) string { return fmt.Sprintf("198.18.%d.%d", i/250, i%250+1) }

// patientBot answers each question after a time that the test sets.
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

// Far more newcomers come than the bot can answer. They are shed with a time to retry;
// visitors who were being served go on, one question at a time; and once the bot has
// caught up everything is as before.
func TestAFloodOfNewcomersIsShedAndTheServedGoOn(t *testing.T) {
	s := newSystem(t)
	s.history()
	bot := &patientBot{}
	bot.each.Store(int64(20 * time.Millisecond))
	s.run("botworker", func(conn *bus.Conn) func(context.Context) error {
		return botworker.New(botworker.Options{Version: "0.0.0", Workers: 1, Log: s.log}, conn, bot).Run
	})
	g, other := s.gateway(behindProxy), s.gateway(behindProxy)

	ada := talktest.Dial(t, g.url)
	token := ada.Hello("Ada", "", 0).Token
	turn := func(i int) { ada.Say(fmt.Sprint("a", i), "Is anybody here?") }
	n := 0
	for began := time.Now(); time.Since(began) < 3*time.Second; n++ { // for as long as counts as "before the flood"
		turn(n)
		bustest.Eventually(t, "an answer", func() bool { return covered(ada.Seen()) == n+1 })
	}

	var newcomers []*talktest.Client
	var turnedAway talk.Frame
	bustest.Eventually(t, "a newcomer to be shed", func() bool {
		if len(newcomers) >= 250 { // a slow machine brings fewer than the bot can answer
			bot.each.Store(bot.each.Load() * 3 / 2)
		}
		for range 10 {
			p := talktest.DialFrom(t, g.url, address(len(newcomers)))
			if r := knock(p, fmt.Sprint("Newcomer ", len(newcomers))); r.T == "error" {
				turnedAway = r
				return true
			}
			newcomers = append(newcomers, p)
			if r := try(p, "m1"); r.T == "error" {
				turnedAway = r
				return true
			}
		}
		return false
	})
	bot.each.Store(int64(2 * time.Second)) // too much stays to be answered, however long the following takes
	if !turnedAway.Later("unavailable") || turnedAway.Retry < 1000 {
		t.Errorf("a newcomer gets %+v", turnedAway)
	}
	if len(newcomers) < 200 {
		t.Errorf("newcomers were shed after %d, which is no flood", len(newcomers))
	}
	// Who came with the flood is part of it.
	if r := try(newcomers[len(newcomers)-2], "m2"); !r.Later("unavailable") {
		t.Errorf("one of the flood goes on: %+v", r)
	}
	// Who was served goes on, here and at another gateway, but asks nothing new
	// before the answer.
	if f := try(ada, "during"); f.T != "ack" {
		t.Errorf("a visitor who was served is shed: %+v", f)
	}
	if f := try(ada, "impatient"); f.Code != "rate_limited" {
		t.Errorf("a second question: %+v", f)
	}
	bustest.Eventually(t, "the other gateway to see it", func() bool {
		p := talktest.Dial(t, other.url)
		return knock(p, fmt.Sprintf("Elsewhere %d", time.Now().UnixNano())).Later("unavailable")
	})
	there := talktest.Dial(t, other.url)
	there.Hello("Ada", token, 0)
	if f := try(there, "elsewhere"); f.T != "ack" {
		t.Errorf("a visitor who was served is shed at another gateway: %+v", f)
	}

	bot.each.Store(0)
	bustest.Eventually(t, "newcomers to be let in again", func() bool {
		p := talktest.Dial(t, g.url)
		defer p.Close()
		return knock(p, fmt.Sprintf("Late %d", time.Now().UnixNano())).T == "welcome" && try(p, "m1").T == "ack"
	})
	bustest.Eventually(t, "one of the flood to be heard again", func() bool { return try(newcomers[len(newcomers)-2], "m2").T == "ack" })
}

// Nobody is shed because no bot runs: messages are answered later.
func TestNobodyIsShedBecauseNoBotRuns(t *testing.T) {
	s := newSystem(t)
	s.history()
	bot := s.bot(echo{})
	g := s.gateway()
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	ada.Say("first", "Hello?")
	ada.Event("reply", "Hello?")
	bot.stop()
	const many = 600 // three times what counts as a backlog while a bot works
	for i := range many {
		if f := try(ada, fmt.Sprint("m", i)); f.T != "ack" {
			t.Fatalf("message %d: %+v", i, f)
		}
		ada.Forget()
	}
	p := talktest.Dial(t, g.url)
	if r := knock(p, "Ben"); r.T != "welcome" {
		t.Errorf("a newcomer while no bot runs: %+v", r)
	}
	if r := try(p, "m1"); r.T != "ack" {
		t.Errorf("a newcomer while no bot runs: %+v", r)
	}
}

// Nonsense counts against the rate like anything else, and a client that keeps sending it
// is disconnected.
func TestAClientThatKeepsSendingNonsenseIsDisconnected(t *testing.T) {
	s := newSystem(t)
	g := s.gateway(func(o *gateway.Options) { o.RatePerConnection = 1 })
	for _, nonsense := range []string{"nonsense", `{"t":"nonsense"}`, `{"t":"send","id":"x","text":"x"}`, `{"t":"hello","name":""}`} {
		p := talktest.Dial(t, g.url)
		for range 5000 {
			if p.WriteText(nonsense) != nil {
				break
			}
		}
		bustest.Eventually(t, "it to be sent away", func() bool { return p.Ended() != nil })
		// The close frame may be lost with what the gateway did not read any more.
		if code := talk.CloseCode(p.Ended()); code != websocket.ClosePolicyViolation && code != websocket.CloseAbnormalClosure {
			t.Errorf("%s: %v", nonsense, p.Ended())
		}
		answers := p.Frames()
		limited := func(f talk.Frame) bool { return f.Code == "rate_limited" }
		if len(answers) > 1000 || !slices.ContainsFunc(answers, limited) {
			t.Errorf("%s: %d of 5000 frames were answered", nonsense, len(answers))
		}
	}
	// A client that sends only some nonsense gets an error for each.
	p := talktest.Dial(t, g.url)
	if r := knock(p, "Ada"); r.T != "welcome" {
		t.Fatalf("%+v", r)
	}
	for range 2 {
		if r := p.Ask("t", "nonsense"); r.Code != "bad_frame" {
			t.Errorf("%+v", r)
		}
	}
}

// The disk is full for a while. Nothing is accepted then, and everybody gets a sentence
// and a time to retry; chats can still be read, and it ends.
func TestWithoutDiskSpaceNothingIsAccepted(t *testing.T) {
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
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	if r := try(ada, "m1"); r.T != "ack" || ready() != http.StatusOK {
		t.Fatalf("%+v", r)
	}
	full.Store(true)
	for _, frame := range [][]any{
		{"t", "send", "id", "m2", "text", "x"}, {"t", "escalate", "id", "m3"}, {"t", "rate", "id", "m4", "score", 5}, {"t", "close", "id", "m5"},
	} {
		if r := ada.Ask(frame...); !r.Later("unavailable") && !r.Later("rate_limited") || r.ID == "m2" && !strings.Contains(r.Message, "no room") {
			t.Errorf("%v: %+v", frame, r)
		}
	}
	if r := ada.Ask("t", "page", "id", "p1"); r.T != "page" {
		t.Errorf("a page: %+v", r)
	}
	ben := talktest.Dial(t, g.url)
	if r := knock(ben, "Ben"); !r.Later("unavailable") || !strings.Contains(r.Message, "no room") {
		t.Errorf("a new name: %+v", r)
	}
	console := talktest.Console(t, g.url, "admin", adminPassword)
	console.Find("a welcome", func(f talk.Frame) bool { return f.T == "welcome" })
	console.Send("t", "note", "id", "n1", "chat", strings.Repeat("a", 16), "text", "x")
	if f := console.Answer("n1"); f.Code != "unavailable" {
		t.Errorf("a note: %+v", f)
	}
	if ready() != http.StatusServiceUnavailable {
		t.Error("the gateway is ready")
	}
	full.Store(false)
	if r := knock(ben, "Ben"); r.T != "welcome" || ready() != http.StatusOK {
		t.Errorf("with room again a new name gets %+v", r)
	}
	for _, id := range []string{"m2", "m3", "m4", "m5"} { // in their order, each at its time
		bustest.Eventually(t, id+" to be stored", func() bool { return try(ada, id).T == "ack" })
	}
}
