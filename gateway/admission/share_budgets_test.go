package admission

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// byDefault are the shares as the settings' defaults have them, with frames enough.
func byDefault() Options {
	return Options{
		RatePerConnection: 1e5, RatePerAddress: 1e7,
		Shares: Amounts{BytesPerAddress: 32e6, MessagesPerAddress: 30_000, BytesPerChat: 2e6, MessagesPerChat: 600, ReadPerAddress: 64e6},
	}
}

// clocked is an Admission with a clock that the test moves.
func clocked(opts Options) (a *Admission, pass func(time.Duration), refused map[string]int) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	refused = map[string]int{}
	opts.Now = func() time.Time { return now }
	opts.Metrics.Refused = func(share string) { refused[share]++ }
	return New(opts), func(d time.Duration) { now = now.Add(d) }, refused
}

var person = bus.Snapshot{State: chat.State{Status: chat.Live}} // whom a visitor talks to

// writer is a visitor who writes in a chat of their own.
type writer struct {
	t    *testing.T
	v    *Visitor
	chat chat.ID
	n    int
}

func (a *Admission) writer(t *testing.T, addr string, n int) *writer {
	return &writer{t: t, v: a.Visitor(netip.MustParseAddr(addr)), chat: chat.ID(fmt.Sprintf("%016d", n))}
}

// store has an event admitted and stored, or returns the refusal.
func (w *writer) store(e chat.Event) *frame.Refusal {
	w.t.Helper()
	w.n++
	e.Chat, e.ID = w.chat, fmt.Sprintf("%s-%d", w.chat, w.n)
	w.v.Next()
	w.v.order = retryOrder{} // each is a new one, whatever became of those before
	done, _, err := w.v.Admit(w.t.Context(), e, person, nil)
	var no *frame.Refusal
	switch {
	case err == nil:
		done(bus.Stored{Seq: 1}, nil)
		return nil
	case errors.As(err, &no):
		return no
	}
	w.t.Fatal(err)
	return nil
}

func (w *writer) say(text string) *frame.Refusal {
	return w.store(chat.Event{Kind: chat.Message, Text: text})
}

func (w *writer) ask(what chat.RequestKind) *frame.Refusal {
	return w.store(chat.Event{Kind: chat.Request, Request: what})
}

func TestOneAddressFillsNoDisk(t *testing.T) {
	long := strings.Repeat("x", 4000)
	for _, c := range []struct {
		what string
		addr func(i int) string
		most float64 // times the share of an address
	}{
		{"an address", func(int) string { return "192.0.2.1" }, 1},
		{"an IPv6 /64", func(i int) string { return fmt.Sprintf("2001:db8::%x", i%1000+1) }, 1},
		{"an IPv6 /48", func(i int) string { return fmt.Sprintf("2001:db8:0:%x::1", i%60000) }, 16},
	} {
		a, pass, refused := clocked(byDefault())
		writers := map[string]*writer{}
		taken := 0.
		for i := range 40 * 2500 { // 10 MB a second
			if i%2500 == 0 {
				pass(time.Second)
			}
			addr := c.addr(i)
			key := fmt.Sprint(addr, i%700) // 700 chats of each address
			if writers[key] == nil {
				writers[key] = a.writer(t, addr, len(writers))
			}
			if writers[key].say(long) == nil {
				taken += float64(len(long))
			}
		}
		if most := c.most * (32e6/4 + 40./3600*32e6); taken > most || taken < most*.9 {
			t.Errorf("%s had %.1f MB accepted in 40 s, at most %.1f", c.what, taken/1e6, most/1e6)
		}
		if refused["bytes-address"] == 0 {
			t.Errorf("%s: refusals have no figure: %v", c.what, refused)
		}
		if no := a.writer(t, "198.51.100.7", 1e6).say("Hello"); no != nil {
			t.Errorf("beside %s, somebody else is refused: %v", c.what, no)
		}
	}
}

// A thousand people in an office, or at a mobile carrier, with one address: each writes
// thirty messages an hour, all day, some of them long, and some ask for a person.
func TestAThousandHonestVisitorsBehindOneAddressNoticeNothing(t *testing.T) {
	a, pass, refused := clocked(byDefault())
	var crowd []*writer
	for i := range 1000 {
		crowd = append(crowd, a.writer(t, "192.0.2.1", i))
	}
	short, long := strings.Repeat("How do I do it? ", 10), strings.Repeat("x", 4000)
	for minute := range 8 * 60 {
		pass(time.Minute)
		for i, w := range crowd {
			if (minute+i)%2 == 0 {
				text := short
				if (minute+i)%20 == 0 {
					text = long
				}
				if no := w.say(text); no != nil {
					t.Fatalf("after %d minutes: %v (%v)", minute, no, refused)
				}
			}
			if minute%60 == i%60 {
				if no := w.ask(chat.Escalate); no != nil {
					t.Fatalf("after %d minutes nobody can be asked for: %v", minute, no)
				}
			}
		}
	}
}

func TestOneChatDoesNotFillAnAddressShare(t *testing.T) {
	a, pass, refused := clocked(byDefault())
	chatty, neighbor := a.writer(t, "192.0.2.1", 1), a.writer(t, "192.0.2.1", 2)
	taken := 0
	for range 3600 * 2 {
		pass(500 * time.Millisecond)
		if chatty.say("and") == nil {
			taken++
		}
	}
	if taken < 740 || taken > 750 { // 600 an hour, and a quarter of that at once
		t.Errorf("%d of two messages a second were taken within an hour", taken)
	}
	if refused["messages-chat"] == 0 || refused["messages-address"] > 0 {
		t.Errorf("refused: %v", refused)
	}
	if no := neighbor.say("Hello"); no != nil {
		t.Errorf("the neighbor: %v", no)
	}
}

func TestARefusalSaysWhenItGoesOn(t *testing.T) {
	a, pass, _ := clocked(byDefault())
	w := a.writer(t, "192.0.2.1", 1)
	var no *frame.Refusal
	for no == nil {
		no = w.say("and")
	}
	if no.Code != codes.RateLimited || no.Message != "Too many messages in this chat this hour. You can send the next one in 6 seconds." {
		t.Errorf("%s: %s", no.Code, no.Message)
	}
	if no.Retry < 6*time.Second || no.Retry > 8*time.Second {
		t.Errorf("to be retried in %s, want 6 s and a little", no.Retry)
	}
	pass(no.Retry)
	if no := w.say("and"); no != nil {
		t.Errorf("when it was told to come again: %v", no)
	}
	for range 100 { // whatever a client wants, it is not sent away for long
		if no = w.say(strings.Repeat("😀", 4000)); no != nil && no.Retry > maxShareWait {
			t.Fatalf("to be retried in %s", no.Retry)
		}
	}
}

// What a visitor wrote must not keep a person's help away.
func TestAChatThatHasUsedUpItsWordsStillReachesAPerson(t *testing.T) {
	a, _, refused := clocked(byDefault())
	w := a.writer(t, "192.0.2.1", 1)
	for w.say(strings.Repeat("x", 4000)) == nil {
	}
	if refused["bytes-chat"] == 0 {
		t.Errorf("refused: %v", refused)
	}
	for _, what := range []chat.RequestKind{chat.Escalate, chat.Cancel, chat.Escalate, chat.Close} {
		if no := w.ask(what); no != nil {
			t.Errorf("%s: %v", what, no)
		}
	}
	for range 10_000 {
		w.ask(chat.Cancel)
	}
	if refused["requests-chat"] == 0 {
		t.Error("requests are not counted at all")
	}
}

// Into the line and out of it again, from one chat or from many: each time costs a place,
// timers and an entry of the desk.
func TestCallingAPersonAgainAndAgainIsBounded(t *testing.T) {
	a, pass, refused := clocked(byDefault())
	one := a.writer(t, "192.0.2.1", 1)
	called := 0
	for range 1800 { // a churn of two seconds, for an hour
		pass(2 * time.Second)
		if one.ask(chat.Escalate) == nil {
			called++
		}
		if no := one.ask(chat.Cancel); no != nil && no.Message == "" {
			t.Fatal(no)
		}
	}
	if called < 70 || called > 76 || refused["calls-chat"] == 0 {
		t.Errorf("one chat called a person %d times within an hour: %v", called, refused)
	}
	many := 0
	for i := range 5000 {
		if a.writer(t, "192.0.2.1", 10+i).ask(chat.Escalate) == nil {
			many++
		}
	}
	if many > 751 || refused["calls-address"] == 0 {
		t.Errorf("one address called %d persons at once: %v", many, refused)
	}
	if no := one.say("Hello"); no != nil {
		t.Errorf("the bot can't be asked meanwhile: %v", no)
	}
	if no := a.writer(t, "198.51.100.7", 2).ask(chat.Escalate); no != nil {
		t.Errorf("somebody else is refused: %v", no)
	}
}

// While nothing can be stored, or no acknowledgment arrives, clients send again and again:
// that must cost them nothing.
func TestWhatWasNotStoredCostsNothing(t *testing.T) {
	for what, ends := range map[string]func(done func(bus.Stored, error)){
		"not stored":    func(done func(bus.Stored, error)) { done(bus.Stored{}, context.DeadlineExceeded) },
		"stored before": func(done func(bus.Stored, error)) { done(bus.Stored{Seq: 7, Duplicate: true}, nil) },
	} {
		a, _, refused := clocked(byDefault())
		w := a.writer(t, "192.0.2.1", 1)
		for i := range 10_000 {
			e := chat.Event{Kind: chat.Message, Text: "Hello", Chat: w.chat, ID: fmt.Sprint(i)}
			done, _, err := w.v.Admit(t.Context(), e, person, nil)
			if err != nil {
				t.Fatalf("%s, the attempt %d: %v (%v)", what, i, err, refused)
			}
			ends(done)
			w.v.order = retryOrder{}
		}
	}
}

func TestWithoutSettingsNothingIsBounded(t *testing.T) {
	a, _, refused := clocked(Options{RatePerConnection: 1e5, RatePerAddress: 1e7})
	w := a.writer(t, "192.0.2.1", 1)
	for range 5000 {
		if no := w.say(strings.Repeat("x", 4000)); no != nil {
			t.Fatalf("%v (%v)", no, refused)
		}
		if err := w.v.MayRead(); err != nil {
			t.Fatal(err)
		}
		w.v.HasRead(1e9)
	}
}

func TestReadsArePaidForByWhatTheyRead(t *testing.T) {
	a, pass, refused := clocked(byDefault())
	one := a.Client(netip.MustParseAddr("192.0.2.1"), "")
	read := 0
	for range 1000 {
		if one.MayRead() == nil {
			one.HasRead(1e6)
			read++
		}
	}
	if read != 9 { // 8 MB, and the one that left it in debt
		t.Errorf("one connection read %d MB at once, want 9", read)
	}
	crowd := 0
	for range 1000 {
		c := a.Client(netip.MustParseAddr("192.0.2.1"), "")
		for c.MayRead() == nil {
			c.HasRead(1e6)
			crowd++
		}
	}
	if read+crowd != 65 {
		t.Errorf("one address read %d MB at once, want 65", read+crowd)
	}
	if refused["read-connection"] == 0 || refused["read-address"] == 0 {
		t.Errorf("refused: %v", refused)
	}
	for what, c := range map[string]Client{"somebody else": a.Client(netip.MustParseAddr("192.0.2.2"), ""), "an agent at that address": a.Client(netip.MustParseAddr("192.0.2.1"), "ada")} {
		if err := c.MayRead(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	pass(2 * time.Second)
	if c := a.Client(netip.MustParseAddr("192.0.2.1"), ""); c.MayRead() != nil {
		t.Error("the debt of 1 MB is not paid after two seconds")
	}
}

func TestAnAgentsWordsHaveAShareToo(t *testing.T) {
	a, _, refused := clocked(byDefault())
	ada, other := a.Client(netip.MustParseAddr("192.0.2.1"), "ada"), a.Client(netip.MustParseAddr("192.0.2.1"), "bob")
	said := 0
	for range 100_000 {
		if giveBack, err := ada.MaySay(10); err == nil {
			said++
			if said%2 == 0 {
				giveBack()
			}
		}
	}
	if refused["messages-account"] == 0 || said > 100_000-1000 {
		t.Errorf("%d words were taken; refused: %v", said, refused)
	}
	if _, err := other.MaySay(10); err != nil {
		t.Errorf("another agent: %v", err)
	}
}

// Fifty agents work in one office, and visitors are there, too.
func TestAgentsBehindOneAddressDoNotSlowEachOtherDown(t *testing.T) {
	opts := byDefault()
	opts.RatePerConnection, opts.RatePerAddress = 5, 50
	a, _, refused := clocked(opts)
	office := netip.MustParseAddr("192.0.2.1")
	for i := range 50 {
		c := a.Client(office, fmt.Sprint("agent", i))
		for n := range 20 { // as many as one connection may send at once
			c.Next()
			if err := c.Allow(); err != nil {
				t.Fatalf("agent %d, frame %d: %v", i, n, err)
			}
		}
	}
	visitor := a.Client(office, "")
	if err := visitor.Allow(); err != nil {
		t.Errorf("a visitor in that office: %v", err)
	}
	for range 100 { // consoles of one account
		c := a.Client(office, "agent0")
		for range 20 {
			c.Next()
			_ = c.Allow()
		}
	}
	if refused["frames-account"] == 0 || refused["frames-address"] > 0 {
		t.Errorf("refused: %v", refused)
	}
}

func TestTheHeaviestAreNamed(t *testing.T) {
	a, _, _ := clocked(byDefault())
	say := func(addr string, n int, text string) {
		for i := range n {
			a.writer(t, addr, i).say(text)
		}
	}
	say("192.0.2.1", 3, strings.Repeat("x", 4000))
	say("192.0.2.2", 5, "Hello")
	say("198.51.100.1", 1, "Hello")
	for i := range 20 { // none of them is heavy
		say(fmt.Sprintf("2001:db8:0:%x::1", i<<8), 1, strings.Repeat("x", 100))
	}
	var names []string
	for _, l := range a.Heaviest(3) {
		names = append(names, l.Block)
	}
	if got, want := strings.Join(names, " "), "2001:db8::/48 192.0.2.1 192.0.2.2"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if l := a.Heaviest(3)[1]; l.Messages != 3 || l.Bytes != 12000 || l.Share != 12000/32e6 {
		t.Errorf("%+v", l)
	}
}
