package escalation

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"

	"github.com/parley-chat/parley/pkg/desk"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// standing is a line over a desk that the test writes.
func standing(bounds desk.Line) (l *line, show func(...desk.Entry), pass func(time.Duration)) {
	now, entries := noon, []desk.Entry{}
	l = newLine(bounds, func() []desk.Entry { return entries }, func() time.Time { return now })
	return l, func(e ...desk.Entry) { entries = e }, func(d time.Duration) { now = now.Add(d) }
}

func escalates(source string) chat.Step {
	return chat.Step{Kind: chat.StateChange, Reason: chat.Escalated, Source: source, AnsweredThrough: 7, RequestsThrough: 7}
}

func TestAPlaceThatTheDeskDoesNotShowYetCounts(t *testing.T) {
	l, show, pass := standing(desk.Line{Max: 100, PerSource: 2})
	var taken []*place
	for i := range 2 {
		step, p := l.admit(chat.ID(fmt.Sprint(i)), escalates("a"))
		if step.Reason != chat.Escalated || p == nil {
			t.Fatalf("request %d: %+v", i, step)
		}
		taken = append(taken, p)
	}
	declined := func() bool {
		step, p := l.admit("next", escalates("a"))
		l.giveBack(p)
		return step.Reason == chat.AddressFull
	}
	if !declined() {
		t.Error("two places are given away, and a third one")
	}
	l.giveBack(taken[0])
	if declined() {
		t.Error("a place that was given back is not free")
	}
	l.keep(taken[1], 10)
	show(desk.Entry{Chat: "1", Status: chat.Waiting, Source: "a", Seq: 10})
	if declined() {
		t.Error("a chat counts twice once the desk shows it")
	}
	show(desk.Entry{Chat: "1", Status: chat.Waiting, Source: "a", Seq: 10}, desk.Entry{Chat: "9", Status: chat.Waiting, Source: "a", Seq: 3})
	if !declined() {
		t.Error("what other replicas let in does not count")
	}
	show(desk.Entry{Chat: "1", Status: chat.Live, Source: "a", Seq: 12}, desk.Entry{Chat: "9", Status: chat.Waiting, Source: "a", Seq: 3})
	if declined() {
		t.Error("a chat with an agent still takes a place")
	}
	_, p := l.admit("2", escalates("a"))
	l.keep(p, 20)
	if !declined() {
		t.Error("the place of a chat that waits is free")
	}
	l.left("2", 21)
	if declined() {
		t.Error("a chat that left keeps its place")
	}
	_, p = l.admit("3", escalates("a"))
	l.keep(p, 30)
	if late := l.overdue(); len(late) > 0 {
		t.Error("a place is overdue at once")
	}
	pass(placeTime + 1)
	if late := l.overdue(); len(late) != 1 || late[0] != p || !declined() {
		t.Errorf("overdue is %v, want the place that the desk never showed, which still counts", late)
	}
	if l.giveBack(p); declined() || len(l.given) != 0 {
		t.Errorf("%d places are remembered", len(l.given))
	}
}

// On a slow machine, the change may be on its way for longer than the desk takes to show it.
func TestAPlaceCountsWhoseChangeWasStoredLate(t *testing.T) {
	l, _, pass := standing(desk.Line{Max: 100, PerSource: 1})
	_, p := l.admit("1", escalates("a"))
	declined := func() bool { step, _ := l.admit("2", escalates("a")); return step.Reason == chat.AddressFull }
	pass(placeTime + 1)
	if late := l.overdue(); len(late) > 0 || !declined() {
		t.Errorf("while its change is being stored it is looked into: %v", late)
	}
	l.doubt(p) // whoever stored it got no answer
	if late := l.overdue(); len(late) > 0 || !declined() {
		t.Errorf("it is looked into at once: %v", late)
	}
	pass(placeTime + 1)
	if late := l.overdue(); len(late) != 1 || !declined() {
		t.Errorf("it is never looked into: %v", late)
	}
	l.keep(p, 10)
	if !declined() {
		t.Error("a second one has a place")
	}
}

// A place is given back whose chat left the line before the desk ever showed it.
func TestAPlaceThatNothingIsHeardOfIsLookedInto(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	w := replicas(t, s, 1)[0]
	now := time.Now()
	w.line.now = func() time.Time { return now }
	gone, waits := chat.NewID(), chat.NewID()
	for _, id := range []chat.ID{gone, waits} {
		e := chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, ID: "1", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Source: "a"}
		stored, err := w.conn.AppendIn(t.Context(), e, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.settle(t.Context(), id, stored.Seq); err != nil {
			t.Fatal(err)
		}
	}
	other := replicas(t, s, 1)[0] // which this one does not hear of
	if _, err := other.change(t.Context(), gone, 0, func(view) (transition, error) { return transition{reason: chat.ByVisitor}, nil }); err != nil {
		t.Fatal(err)
	}
	if n := w.line.count("a"); n.Same[0] != 2 {
		t.Fatalf("%d places count", n.Same[0])
	}
	now = now.Add(placeTime + time.Second)
	w.lookIntoPlaces(t.Context())
	if n := w.line.count("a"); n.Same[0] != 1 {
		t.Errorf("%d places count, want that of the chat which waits", n.Same[0])
	}
}

func TestADeclinedRequestIsDecidedAndCoversNoMessage(t *testing.T) {
	l, show, _ := standing(desk.Line{Max: 1, PerSource: 1})
	show(desk.Entry{Chat: "1", Status: chat.Waiting, Source: "a"})
	for _, reason := range []chat.Reason{chat.Escalated, chat.BotGaveUp} {
		asked := escalates("b")
		asked.Reason = reason
		step, p := l.admit("2", asked)
		if step.Reason != chat.LineFull || step.RequestsThrough != 7 || step.AnsweredThrough != 0 || step.Source != "" || p != nil {
			t.Errorf("%s: %+v", reason, step)
		}
	}
	for _, reason := range []chat.Reason{chat.Cancelled, chat.ByVisitor} {
		if step, p := l.admit("2", chat.Step{Reason: reason, RequestsThrough: 7}); step.Reason != reason || p != nil {
			t.Errorf("%s became %+v", reason, step)
		}
	}
}

// One replica works on many requests at once, and exceeds no bound.
func TestRequestsAtOnceShareThePlaces(t *testing.T) {
	l, _, _ := standing(desk.Line{Max: 30, PerSource: 30})
	var mu sync.Mutex
	var wg sync.WaitGroup
	granted := 0
	for i := range 200 {
		wg.Go(func() {
			step, p := l.admit(chat.ID(fmt.Sprint(i)), escalates(fmt.Sprint(i%3)))
			l.keep(p, uint64(i+1))
			mu.Lock()
			defer mu.Unlock()
			if step.Reason == chat.Escalated {
				granted++
			}
		})
	}
	wg.Wait()
	if granted != 30 {
		t.Errorf("%d of 30 places were given away", granted)
	}
}
