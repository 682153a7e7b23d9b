package system_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// shared is a gateway whose clients choose their addresses, with these shares.
func shared(s *system, shares admission.Amounts) *replica {
	return s.gateway(func(o *gateway.Options) {
		o.Shares, o.TrustedProxies = shares, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
}

// refusal sends a frame until a share refuses it, at most n times, and returns the
// refusal. A page is refused, too, while the one before it is being written.
func refusal(c *talktest.Client, n int, frame func(i int) []any) (f talk.Frame, served int) {
	for i := range n {
		pairs := frame(i)
		if pairs[2] == "id" {
			c.Send(pairs...)
			f = c.Answer(pairs[3].(string))
		} else {
			f = c.Ask(pairs...)
		}
		switch {
		case f.T != "error":
			served++
		case !strings.HasPrefix(f.Message, "You’re sending very fast."):
			return f, served
		default:
			<-time.After(time.Duration(f.Retry) * time.Millisecond)
		}
	}
	return talk.Frame{}, served
}

// mustWait fails unless the frame was refused for now, with a sentence.
func mustWait(t *testing.T, what string, f talk.Frame, sentence string) {
	t.Helper()
	if f.Code != "rate_limited" || f.Retry <= 0 || !strings.Contains(f.Message, sentence) {
		t.Errorf("%s: %+v, want rate_limited with a time and %q", what, f, sentence)
	}
}

// One address writes as much as it can in ever new chats. Somebody elsewhere notices
// nothing, and a chat that has used up its own share still reaches a person.
func TestOneAddressHasTheTextOfOneAccepted(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	s.escalation(escalation.Options{})
	g := shared(s, admission.Amounts{BytesPerAddress: 800_000, MessagesPerAddress: 30_000, BytesPerChat: 200_000, MessagesPerChat: 600})
	honest := talktest.DialFrom(t, g.url, "198.51.100.7")
	honest.Hello("Grace", "", 0)
	honest.Say("g0", "Hello")

	long := strings.Repeat("x", 4000)
	accepted, chats := 0, 0
	var last talk.Frame
	for ; chats < 20 && !strings.Contains(last.Message, "your network"); chats++ {
		c := talktest.DialFrom(t, g.url, fmt.Sprintf("2001:db8::%x", chats+1)) // one /64
		token := c.Hello(fmt.Sprint("Mallory ", chats), "", 0).Token
		var n int
		last, n = refusal(c, 100, func(i int) []any { return []any{"t", "send", "id", fmt.Sprint("m", i), "text", long} })
		accepted += n * len(long)
		if chats == 0 {
			mustWait(t, "one chat", last, "Too much text in this chat this hour. You can send the next message in ")
			// On this connection the message that waits comes first.
			again := talktest.DialFrom(t, g.url, "2001:db8::1")
			again.Hello("Mallory 0", token, 0)
			again.Do("t", "escalate", "id", "help")
			again.Event("state", "waiting")
		}
		c.Close()
	}
	mustWait(t, "one address", last, "Too much text from your network this hour. You can send the next message in ")
	if accepted > 250_000 {
		t.Errorf("one address had %d bytes accepted at once, a quarter of 800,000 is its share", accepted)
	}
	honest.Say("g1", "Still here")
	honest.Event("reply", "Still here")
}

// Sixty bytes of a frame ask for a page of 200 long messages, or for the search of a
// message that is sent again.
func TestWhatIsReadForOneAddressIsBounded(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := shared(s, admission.Amounts{ReadPerAddress: 8_000_000})
	honest := talktest.DialFrom(t, g.url, "198.51.100.7")
	honest.Hello("Grace", "", 0)

	c := talktest.DialFrom(t, g.url, "192.0.2.1")
	token := c.Hello("Mallory", "", 0).Token
	long := strings.Repeat("x", 4000)
	for i := range 200 {
		c.Say(fmt.Sprint("m", i), long)
	}
	page := func(i int) []any { return []any{"t", "page", "id", fmt.Sprint("p", i), "limit", 200} }
	no, served := refusal(c, 60, page)
	mustWait(t, "pages", no, "Too much was loaded from here in the last minute. You can continue ")
	if served > 3 { // 850,000 bytes each, and an eighth of 8 MB is one connection's
		t.Errorf("one connection was served %d pages", served)
	}
	no, _ = refusal(c, 3, func(i int) []any { return []any{"t", "send", "id", fmt.Sprint("a", i), "text", "x", "again", true} })
	mustWait(t, "a message sent again", no, "Too much was loaded")
	no, _ = refusal(c, 3, func(int) []any { return []any{"t", "hello", "name", "Mallory", "token", token} })
	mustWait(t, "a hello on the open connection", no, "Too much was loaded")

	honest.Say("g1", "Still here")
	if f := honest.Ask(page(1)...); f.T != "page" {
		t.Errorf("somebody else: %+v", f)
	}
	// Looking for ids costs little, but not nothing. The share is so small that it does not come
	// back as fast as a slow machine uses it.
	small := shared(s, admission.Amounts{ReadPerAddress: 1_000_000})
	d := talktest.DialFrom(t, small.url, "192.0.2.2")
	d.Hello("Trudy", "", 0)
	no, served = refusal(d, 3000, func(i int) []any { return []any{"t", "send", "id", fmt.Sprint("d", i), "text", "x", "again", true} })
	mustWait(t, "searches", no, "Too much was loaded")
	if served < 10 {
		t.Errorf("only %d messages could be sent again", served)
	}
}

// What an agent says is bounded by the account, not by the console.
func TestAnAgentsAccountHasAShare(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	g := shared(s, admission.Amounts{MessagesPerAddress: 40})
	visitor := talktest.DialFrom(t, g.url, "198.51.100.7")
	chat := visitor.Hello("Grace", "", 0).Chat
	visitor.Say("g1", "Hello")
	var no talk.Frame
	served := 0
	for range 2 {
		console := talktest.Console(t, g.url, "admin", adminPassword)
		f, n := refusal(console, 50, func(i int) []any {
			return []any{"t", "note", "id", fmt.Sprint("n", served+i), "chat", chat, "text", "something to remember"}
		})
		no, served = f, served+n
	}
	mustWait(t, "notes", no, "You have sent too many messages this hour. You can send the next one in ")
	if served != 10 {
		t.Errorf("%d notes were taken, want a quarter of 40", served)
	}
}
