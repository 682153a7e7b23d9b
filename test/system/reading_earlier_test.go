package system_test

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A chat that was Billing's opens again and is everybody's. Whoever reads only what is of their own
// teams sees the new visit, on no page what was said to Billing, and live what comes; Billing and
// supervisors see all of it.
func TestAnEarlierVisitOfAnotherTeamIsNotShown(t *testing.T) {
	t.Parallel()
	b := newBilling(t)
	b.ann.Say("m2", "my card number")
	b.grace.Do("t", "take", "id", "t2", "chat", b.secret)
	b.grace.Do("t", "note", "id", "n2", "chat", b.secret, "text", "a note of Billing's")
	end := b.grace.Do("t", "close", "id", "c2", "chat", b.secret).Seq
	if f := b.linus.Try("t", "open", "id", "o1", "chat", b.secret); f.Code != "other_team" {
		t.Fatalf("what is Billing's: %+v", f)
	}
	b.ann.Find("the end", func(f talk.Frame) bool { return f.Seq == end })
	first := b.ann.Say("m3", "hello again")
	b.ann.Event("reply", "You said: hello again")

	seen := func(want string) func(talk.Frame) bool {
		return func(f talk.Frame) bool { return f.T == "event" && f.Chat == b.secret && f.Text == want }
	}
	opened := b.linus.Do("t", "open", "id", "o2", "chat", b.secret)
	if opened.More {
		t.Errorf("more is offered: %+v", opened)
	}
	if f := b.linus.Find("the new visit", seen("hello again")); f.Seq != first || f.Prev != 0 {
		t.Errorf("it begins with %+v, want event %d", f, first)
	}
	page := func(of *talktest.Client, id string, before uint64) talk.Frame {
		return of.Do("t", "page", "id", id, "chat", b.secret, "before", before, "limit", 50)
	}
	for id, before := range map[string]uint64{"p1": first, "p2": first + 1, "p3": 0, "p4": end} {
		got := page(b.linus, id, before)
		if got.More || slices.ContainsFunc(got.Events, func(e talk.Frame) bool { return e.Seq < first }) {
			t.Errorf("the page before %d has %+v", before, got)
		}
	}
	b.linus.Send("t", "leave", "chat", b.secret)
	if got := page(b.linus, "p5", 0); got.More || len(got.Events) == 0 || got.Events[0].Seq != first || got.Events[0].Prev != 0 {
		t.Errorf("without watching it: %+v", got)
	}
	// Whoever says that they have seen some of it gets nothing of it, either.
	again := talktest.Console(t, b.url, "linus", staffPassword)
	again.Do("t", "open", "id", "o3", "chat", b.secret, "since", 1)
	b.ann.Say("m4", "are you there?")
	again.Find("live", seen("are you there?"))
	for _, f := range append(b.linus.Seen(), again.Seen()...) {
		if f.Chat == b.secret && f.T == "event" && f.Seq < first {
			t.Errorf("shown: %+v", f)
		}
	}
	for name, of := range map[string]*talktest.Client{"a member of Billing": b.grace, "a supervisor": b.ada} {
		of.Do("t", "open", "id", "o4", "chat", b.secret)
		if got := page(of, "p6", first); !slices.ContainsFunc(got.Events, func(e talk.Frame) bool { return e.Text == "a note of Billing's" }) {
			t.Errorf("%s does not read it all: %+v", name, got)
		}
	}
}
