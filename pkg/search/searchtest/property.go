package searchtest

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/search"
)

// madeAgain compares an index that was kept while events came, in batches of any size, some of
// them repeated, with one that was made of all of them afterward, chat by chat. They answer alike.
func madeAgain(t *testing.T, open Opener) {
	vocabulary := []string{"alpha", "beta", "gamma", "delta", "退款", "straße", "alphabet"}
	_ = flag.Set("rapid.checks", "6") // each makes two indexes
	rapid.Check(t, func(r *rapid.T) {
		ids := []chat.ID{chat.NewID(), chat.NewID(), chat.NewID()}
		var log []chat.Event
		for i := range rapid.IntRange(5, 25).Draw(r, "events") {
			log = append(log, drawn(r, ids, vocabulary, uint64(i+1)))
		}
		kept, again := open(t, nil), open(t, nil)
		for rest := log; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(r, "batch")
			back := rapid.IntRange(0, len(log)-len(rest)).Draw(r, "repeated")
			from := len(log) - len(rest)
			apply(t, kept, log[from-back:from+n])
			rest = rest[n:]
		}
		byChat := slices.Clone(log)
		slices.SortStableFunc(byChat, func(a, b chat.Event) int { return slices.Index(ids, a.Chat) - slices.Index(ids, b.Chat) })
		for _, e := range byChat {
			apply(t, again, []chat.Event{e})
		}
		for _, q := range append(vocabulary, "alph*", "alpha beta", `"alpha beta"`, "status:live", "status:bot", "tag:alpha", "rating:<4", "from:agent", "from:visitor", "alpha status:live") {
			a, b := hits(t, kept, q), hits(t, again, q)
			if fmt.Sprint(a) != fmt.Sprint(b) {
				r.Fatalf("%q: kept\n%v\nmade again\n%v", q, a, b)
			}
		}
		one, err := kept.Status(t.Context())
		two, err2 := again.Status(t.Context())
		if one.Bytes, two.Bytes = 0, 0; err != nil || err2 != nil || one != two {
			r.Fatalf("kept %+v, made again %+v; %v, %v", one, two, err, err2)
		}
	})
}

func apply(t *testing.T, x search.Index, events []chat.Event) {
	if err := x.Apply(t.Context(), slices.Clone(events), search.Checkpoint{}); err != nil {
		t.Fatal(err)
	}
}

func hits(t *testing.T, x search.Index, question string) (all []search.Hit) {
	f, err := x.Find(t.Context(), search.Parse(question, day, time.UTC), search.Scope{All: true}, search.Page{Limit: search.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	return f.Hits
}

func drawn(r *rapid.T, ids []chat.ID, vocabulary []string, seq uint64) chat.Event {
	id := rapid.SampledFrom(ids).Draw(r, "chat")
	text := rapid.SampledFrom(vocabulary).Draw(r, "word") + " " + rapid.SampledFrom(vocabulary).Draw(r, "word")
	var e chat.Event
	switch rapid.IntRange(0, 9).Draw(r, "kind") {
	case 0:
		e = note(id, text)
	case 1:
		e = state(id, chat.Taken, chat.State{Status: chat.Live, Agent: &chat.Agent{User: "grace", Name: "Grace"}, Visitor: text})
	case 2:
		e = chat.Event{Chat: id, Kind: chat.Request, Request: chat.Rate, Score: int(seq%5) + 1, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}}
	case 3:
		e = chat.Event{Chat: id, Kind: chat.CardChange, From: chat.Speaker{Role: chat.RoleAgent}, Parts: &chat.Parts{Card: &chat.Card{Title: text, Tags: []string{rapid.SampledFrom(vocabulary).Draw(r, "tag")}}}}
	case 4:
		reason := rapid.SampledFrom([]chat.Reason{"erased", chat.MovedAway, chat.Arrived, chat.ByAgent}).Draw(r, "reason")
		e = state(id, reason, chat.State{Status: chat.Closed})
	default:
		e = says(id, text)
	}
	e.Seq, e.At = seq, day.Add(time.Duration(seq)*time.Second)
	return e
}
