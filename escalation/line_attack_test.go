package escalation_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

// usual returns options with the default bounds of the line.
func usual() escalation.Options {
	opts := patient()
	opts.MaxWaiting, opts.WaitingPerAddress = 0, 0
	return opts
}

const attacker, elsewhere = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"

// asks has a visitor from that source ask for a person.
func (s *stage) asks(id chat.ID, source string) uint64 {
	s.Helper()
	return s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, Source: source})
}

// line returns the position of every chat that waits, as visitors are told.
func (s *stage) line() map[chat.ID]desk.Position {
	s.Helper()
	ctx, stop := context.WithCancel(s.Context())
	m := desk.NewMirror(s.conn, desk.Options{})
	done := make(chan struct{})
	go func() { defer close(done); _ = m.Run(ctx) }()
	defer func() { stop(); <-done }()
	bustest.Eventually(s, "the desk is read", func() bool { _, ok := m.SyncedSince(); return ok })
	return desk.Positions(m.Entries(), 0)
}

// crowd has n chats of one source ask for a person, and waits until each is decided.
// It returns those that wait, and those that were declined.
func (s *stage) crowd(n int, source string) (waiting, declined []chat.ID) {
	s.Helper()
	return s.crowdFrom(n, func() string { return source })
}

// crowdFrom is crowd with a source for each chat.
func (s *stage) crowdFrom(n int, source func() string) (waiting, declined []chat.ID) {
	s.Helper()
	ids := make([]chat.ID, n)
	var wg sync.WaitGroup
	slots := make(chan struct{}, 16)
	for i := range ids {
		ids[i] = chat.NewID()
		slots <- struct{}{}
		from := source()
		wg.Go(func() {
			defer func() { <-slots }()
			s.asks(ids[i], from)
		})
	}
	wg.Wait()
	for _, id := range ids {
		var got []chat.Reason
		bustest.Eventually(s, "the request of chat "+string(id)+" is decided", func() bool { got = s.reasons(id); return len(got) > 0 })
		switch {
		case slices.Equal(got, []chat.Reason{chat.Escalated}):
			waiting = append(waiting, id)
		case slices.Equal(got, []chat.Reason{chat.AddressFull}), slices.Equal(got, []chat.Reason{chat.LineFull}):
			declined = append(declined, id)
		default:
			s.Errorf("chat %s went %v", id, got)
		}
	}
	return waiting, declined
}

// The attack: hundreds of chats of one address ask for a person, before anybody else
// does. Somebody from elsewhere is still among the first in line.
func TestACrowdOfOneAddressDoesNotFillTheLine(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", usual())
	waiting, declined := s.crowd(300, attacker)
	if len(waiting) != 20 || len(declined) != 280 {
		t.Errorf("%d of the crowd wait and %d were declined, want 20 and 280", len(waiting), len(declined))
	}
	honest := chat.NewID()
	s.asks(honest, elsewhere)
	s.listed(honest, chat.Waiting, func(e *desk.Entry) bool { return e.Source == elsewhere })
	if p := s.line()[honest]; p.Place < 1 || p.Place > 21 {
		t.Errorf("the visitor from elsewhere is told place %d", p.Place)
	}
	no := s.changes(declined[0])[0]
	if no.State.Is() != chat.WithBot || no.From.Role != chat.RoleSystem || !strings.Contains(no.Text, "the bot will answer") || no.State.Source != "" {
		t.Errorf("a declined visitor reads %+v", no)
	}
	// When somebody of theirs leaves, the next one who asks gets the place.
	s.ask(waiting[0], chat.Cancel)
	s.unlisted(waiting[0])
	bustest.Eventually(t, "a place that became free is given away", func() bool {
		id := chat.NewID()
		s.asks(id, attacker)
		bustest.Eventually(t, "it is decided", func() bool { return len(s.reasons(id)) > 0 })
		return s.reasons(id)[0] == chat.Escalated
	})
}

// Replicas see each other's places a moment later, so together they may exceed the
// bound by a few, never by many.
func TestReplicasTogetherKeepTheLineShort(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for i := range 3 {
		s.work(fmt.Sprint("replica ", i), usual())
	}
	waiting, _ := s.crowd(200, attacker)
	if n := len(waiting); n < 20 || n > 60 {
		t.Errorf("%d of one address wait, want 20, or a few more", n)
	}
}

// The whole line is bounded, and whoever was in it comes back to it.
func TestAFullLineTakesBackWhoWasInIt(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	opts.MaxWaiting, opts.WaitingPerAddress = 3, 3
	s.work("one", opts)
	first := chat.NewID()
	s.asks(first, attacker)
	s.listed(first, chat.Waiting)
	s.must(roles.DeskTake, first, grace, "")
	s.listed(first, chat.Live)
	waiting, declined := s.crowd(8, elsewhere)
	if len(waiting) != 3 || len(declined) != 5 {
		t.Errorf("%d wait, %d were declined", len(waiting), len(declined))
	}
	if got := s.reasons(declined[0]); got[0] != chat.LineFull {
		t.Errorf("declined for %v", got)
	}
	s.must(roles.DeskTransfer, first, grace, "")
	s.listed(first, chat.Waiting, func(e *desk.Entry) bool { return e.Source == attacker })
	if p := s.line()[first]; p.Place != 1 || p.Waiting != 4 {
		t.Errorf("who was interrupted has %+v", p)
	}
}

// Gateways of an earlier version don't say where a visitor comes from. So these need not be
// from one address, and are not told that they are.
func TestChatsOfUnknownSourceAreBoundedByTheLineAlone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := usual()
	opts.MaxWaiting = 30
	s.work("one", opts)
	waiting, declined := s.crowd(40, "")
	if len(waiting) != 30 {
		t.Fatalf("%d wait", len(waiting))
	}
	for _, id := range declined {
		if got := s.reasons(id); got[0] != chat.LineFull {
			t.Errorf("declined for %v", got)
		}
	}
}

// The same attack from an IPv6 /48, with one chat for each /64: together they have the
// share of four addresses.
func TestACrowdOfOneNetworkDoesNotFillTheLine(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", usual())
	n := 0
	waiting, declined := s.crowdFrom(200, func() string {
		n++
		return chat.JoinSource(fmt.Sprint("block", n), fmt.Sprint("site", n/16), "network")
	})
	if len(waiting) != 80 || len(declined) != 120 {
		t.Errorf("%d of the network wait and %d were declined, want 80 and 120", len(waiting), len(declined))
	}
	honest := chat.NewID()
	s.asks(honest, elsewhere)
	s.listed(honest, chat.Waiting)
}

// full is a stage whose line has no place left.
func full(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	opts := patient()
	opts.MaxWaiting, opts.WaitingPerAddress = 1, 1
	s.work("one", opts)
	s.work("two", opts)
	id := chat.NewID()
	s.asks(id, elsewhere)
	s.listed(id, chat.Waiting)
	s.crowd(8, elsewhere) // and time for the other replica to see that, too
	return s
}

// The bot announced a person, and there is no place: it gets its voice back, the visitor
// reads why, and that happens once, however often the bot's request is delivered.
func TestABotWhoseHandoverIsDeclinedSpeaksAgain(t *testing.T) {
	t.Parallel()
	s, id := full(t), chat.NewID()
	s.message(id, "what is the answer?")
	reply := s.reply(id, true)
	request := func() {
		s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, From: chat.Speaker{Role: chat.RoleBot, Name: "Bot"}, Covers: reply.Seq, Source: attacker})
	}
	request()
	bustest.Eventually(t, "it is declined", func() bool { return slices.Equal(s.reasons(id), []chat.Reason{chat.LineFull}) })
	request()
	missed := s.message(id, "and now?") // for the bot
	if got := s.last(id).State; !got.BotSpeaks() || got.AnsweredThrough >= missed {
		t.Errorf("the chat is %+v", got)
	}
	if e := s.reply(id, false); e.State.AnsweredThrough < missed {
		t.Errorf("the bot's next reply covers %d", e.State.AnsweredThrough)
	}
	s.settled(id)
	if got := s.reasons(id); !slices.Equal(got, []chat.Reason{chat.LineFull, chat.ByVisitor}) {
		t.Errorf("the chat went %v", got)
	}
}

// Each request is decided once, and told once: also one that is declined, delivered
// again, followed by others, and made in a closed chat.
func TestEachDeclinedRequestIsToldOnce(t *testing.T) {
	t.Parallel()
	s, id := full(t), chat.NewID()
	wrote := s.message(id, "hello")
	s.asks(id, attacker)
	bustest.Eventually(t, "it is declined", func() bool { return slices.Equal(s.reasons(id), []chat.Reason{chat.LineFull}) })
	if got := s.last(id).State; got.AnsweredThrough >= wrote {
		t.Errorf("the bot's question counts as dealt with: %+v", got)
	}
	s.ask(id, chat.Cancel) // there is nothing to cancel
	s.ask(id, chat.Close)
	s.becomes(id, chat.Closed)
	s.asks(id, attacker)
	want := []chat.Reason{chat.LineFull, chat.ByVisitor, chat.LineFull}
	bustest.Eventually(t, "the second request is declined", func() bool { return slices.Equal(s.reasons(id), want) })
	if now := s.last(id).State; now.Is() != chat.WithBot {
		t.Errorf("the chat is %+v", now)
	}
	s.settled(id)
	if got := s.reasons(id); !slices.Equal(got, append(want, chat.ByVisitor)) {
		t.Errorf("the chat went %v", got)
	}
	s.unlisted(id)
}

// Places become free when a wait ends by itself, too.
func TestAPlaceIsFreeWhenNobodyCame(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := escalation.Options{WaitLimit: time.Second, AnswerLimit: time.Hour, AwayGrace: time.Hour, MaxWaiting: 1, WaitingPerAddress: 1}
	s.work("one", opts)
	for range 2 {
		id := chat.NewID()
		s.asks(id, elsewhere)
		bustest.Eventually(t, "the wait ends", func() bool {
			return slices.Equal(s.reasons(id), []chat.Reason{chat.Escalated, chat.NobodyCame})
		})
		s.unlisted(id)
	}
}
