package admission

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// One address filled the backlog. Newcomers from elsewhere come in and ask; the one who
// filled it neither brings newcomers nor asks more, although it came first.
func TestWhoFilledTheBacklogWaitsAndNewcomersAsk(t *testing.T) {
	a := New(Options{RatePerConnection: 1000, RatePerAddress: 100_000})
	hog, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	ask := func(v *Visitor) error {
		done, _, err := v.Admit(t.Context(), chat.Event{Chat: chat.NewID(), Kind: chat.Message, ID: string(chat.NewID()), Text: "Why?"}, bus.Snapshot{}, nil)
		if err == nil {
			done(bus.Stored{Seq: 1}, nil)
		}
		return err
	}
	come := func(from netip.Addr) error { return a.NewVisitor(From(t.Context(), from)) }
	first := a.Visitor(hog)
	first.Begin(true)
	for range most / questionsUnanswered {
		if err := ask(first); err != nil {
			t.Fatal(err)
		}
	}
	looks := Look{At: time.Now(), Waiting: most}
	a.shedder.look(looks)
	if a.shedder.open() {
		t.Fatal("the bot has not too much to answer")
	}
	if err := come(hog); frame.RefusalOf(err).Shed != shedBacklog {
		t.Errorf("another visitor of the address that filled it: %v", err)
	}
	if err := ask(first); frame.RefusalOf(err).Shed != shedQuestions {
		t.Errorf("another question of that address: %v", err)
	}
	if err := come(other); err != nil {
		t.Errorf("a newcomer from elsewhere: %v", err)
	}
	for _, fresh := range []bool{true, true} {
		v := a.Visitor(other)
		v.Begin(fresh)
		if err := ask(v); err != nil {
			t.Errorf("a question from elsewhere: %v", err)
		}
	}
}

// What is not stored is no open question: a refusal that comes later, a failed append, and
// what was stored before.
func TestWhatIsNotStoredIsNoOpenQuestion(t *testing.T) {
	roomless := errors.New("full")
	a := New(Options{RatePerConnection: 1000, RatePerAddress: 100_000})
	v := a.Visitor(netip.MustParseAddr("192.0.2.1"))
	v.Begin(true)
	e := chat.Event{Chat: chat.NewID(), Kind: chat.Message, ID: "m1", Text: "Why?"}
	open := func() int { return a.questions.looked(demand{gateways: 1}) }
	done, _, err := v.Admit(t.Context(), e, bus.Snapshot{}, nil)
	if err != nil || open() != 1 {
		t.Fatalf("%d open questions, %v", open(), err)
	}
	done(bus.Stored{}, bus.ErrUnavailable)
	if open() != 0 || v.Question() != nil {
		t.Error("a message that could not be stored is an open question")
	}
	if done, _, err = v.Admit(t.Context(), e, bus.Snapshot{}, nil); err != nil {
		t.Fatal(err)
	}
	done(bus.Stored{Seq: 7}, nil)
	answered := v.Question()
	v.a.opts.Room = func() error { return roomless }
	if _, _, err := v.Admit(t.Context(), chat.Event{Chat: e.Chat, Kind: chat.Message, ID: "m2"}, bus.Snapshot{}, nil); err == nil || open() != 1 {
		t.Errorf("after a refusal %d questions are open (%v), want the one before it", open(), err)
	}
	v.a.opts.Room = nil
	v.order = retryOrder{}
	for _, other := range []chat.Event{{Kind: chat.Request, Request: chat.Rate, ID: "r"}, {Kind: chat.Message, ID: "m3"}} {
		state := bus.Snapshot{}
		if other.Kind == chat.Message {
			state.State.Status = chat.Live
		}
		other.Chat = e.Chat
		done, _, err := v.Admit(t.Context(), other, state, nil)
		if err != nil {
			t.Fatal(err)
		}
		if done(bus.Stored{Seq: 8}, nil); v.Question() != nil {
			t.Errorf("%s: an open question", other.ID)
		}
	}
	if answered(); open() != 0 {
		t.Error("an answered question is open")
	}
}
