package system_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A name is only what is shown: two customers called Maria each have a chat, and
// neither reads the other's.
func TestTwoCustomersOfOneNameEachHaveAChat(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	one, two := talktest.Dial(t, g.url), talktest.Dial(t, g.url)
	first, second := one.Hello("Maria", "", 0), two.Hello("Maria", "", 0)
	if first.Chat == second.Chat || first.Name != "Maria" || second.Name != "Maria" {
		t.Fatalf("two Marias: %+v and %+v", first, second)
	}
	one.Say("m1", "my order is 1001")
	one.Event("reply", "You said: my order is 1001")
	two.Say("m1", "my order is 2002")
	two.Event("reply", "You said: my order is 2002")
	for _, f := range two.Seen() {
		if f.Text == "my order is 1001" {
			t.Error("the second Maria reads what the first one wrote")
		}
	}
	// Each comes back, at another gateway, to her own.
	later := talktest.Dial(t, s.gateway().url)
	if w := later.Hello("maria", second.Token, 0); w.Chat != second.Chat {
		t.Errorf("the second Maria comes back to %s, not to %s", w.Chat, second.Chat)
	}
	later.Event("message", "my order is 2002")
}

// A browser that is made to forget: its chat is closed at once to every connection and
// every copy of its token, at any gateway, and agents go on to see it.
func TestAForgottenBrowserClosesItsChatToEveryCopyOfItsToken(t *testing.T) {
	s := newSystem(t)
	g, other := s.whole(), s.gateway()
	ada, thief := talktest.Dial(t, g.url), talktest.Dial(t, other.url)
	w := ada.Hello("Ada", "", 0)
	ada.Say("m1", "my address is Main Street 1")
	ada.Event("reply", "You said")
	grace := talktest.Console(t, g.url, "admin", adminPassword)
	grace.Find("the desk", func(f talk.Frame) bool { return f.T == "welcome" || f.T == "desk" })
	grace.Send("t", "open", "id", "o1", "chat", w.Chat)
	grace.Find("the chat", func(f talk.Frame) bool { return f.T == "opened" && f.ID == "o1" })
	if stolen := thief.Hello("Ada", w.Token, 0); stolen.Chat != w.Chat {
		t.Fatalf("the copy of the token opens %s", stolen.Chat)
	}

	ada.Do("t", "forget", "id", "f1", "token", w.Token)
	for who, c := range map[string]*talktest.Client{"the visitor": ada, "the thief": thief} {
		bustest.Eventually(t, who+"'s connection is ended", func() bool { return c.Ended() != nil && talk.CloseCode(c.Ended()) == 4401 })
	}
	for _, base := range []string{g.url, other.url} {
		again := talktest.Dial(t, base)
		if f := again.Try("t", "hello", "name", "Ada", "token", w.Token); f.Code != "bad_token" {
			t.Errorf("with the token, afterwards: %+v", f)
		}
		if f := again.Hello("Ada", "", 0); f.Chat == w.Chat {
			t.Error("the next person at the browser is given the chat")
		}
	}
	if page := grace.Do("t", "page", "id", "p1", "chat", w.Chat); len(page.Events) == 0 {
		t.Error("agents no longer see the chat")
	}
}

// A flood of hellos, and of calls to forget them, leaves no record.
func TestStrangersWhoSayNothingLeaveNoRecord(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway()
	for i := range 60 {
		c := talktest.Dial(t, g.url)
		c.Send("t", "hello", "name", fmt.Sprint("Stranger ", i), "token", talk.Secret(), "about", map[string]any{"language": "en"})
		w := c.Find("welcome", func(f talk.Frame) bool { return f.T == "welcome" })
		c.Do("t", "forget", "id", "f", "token", w.Token)
		c.Close()
	}
	conn := s.connect("witness")
	for _, name := range []string{bus.VisitorsBucket, bus.RevokedBucket, bus.AboutBucket} {
		b, err := bus.OpenBucket[any](t.Context(), conn, name)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		records := 0
		err = b.Watch(ctx, func(e bus.Entry[any]) {
			if e.Current {
				stop()
			} else if !e.Gone {
				records++
			}
		})
		stop()
		if err != nil {
			t.Fatal(err)
		}
		if records > 0 {
			t.Errorf("the bucket %s holds %d records", name, records)
		}
	}
}
