package mentions_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/mentions"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func in(id chat.ID, seq uint64) mentions.Mention {
	return mentions.Mention{Chat: id, Seq: seq, By: "ann", At: noon.Add(time.Duration(seq) * time.Second)}
}

// What two regions noted apart, in a cut, is all there afterwards, but for what was seen in either.
func TestWhatWasNotedOnBothSidesOfACutIsAllThere(t *testing.T) {
	t.Parallel()
	before := mentions.Record{Revision: 3}.With(in("a", 1)).With(in("b", 2))
	eu := before.With(in("c", 3)).With(in("d", 4)).Without("a", 1, noon)
	ap := before.With(in("e", 5)).Without("b", 2, noon).With(in("b", 6))
	ap.Revision = 9
	both := mentions.Merge(eu, ap)
	var list []string
	for _, m := range both.Mentioned {
		list = append(list, fmt.Sprint(m.Chat, m.Seq))
	}
	if got := fmt.Sprint(list); got != "[c3 d4 e5 b6]" || both.Revision != 9 {
		t.Errorf("both sides: %s, revision %d", got, both.Revision)
	}
	if again := mentions.Merge(both, eu); !again.Same(both) {
		t.Errorf("merged again: %+v", again)
	}
	if late := both.With(in("a", 1)); !late.Same(both) {
		t.Errorf("what was seen came back: %+v", late)
	}
	if !both.Lists("c", 3) || both.Lists("c", 2) || both.Lists("a", 9) {
		t.Error("what is listed is wrong")
	}
}

// The lists are bounded: the oldest are forgotten.
func TestTheOldestAreForgotten(t *testing.T) {
	t.Parallel()
	var r mentions.Record
	for i := range uint64(2 * mentions.MaxUnseen) {
		r = r.With(in(chat.ID(fmt.Sprint(i)), i+1))
	}
	if n := len(r.Mentioned); n != mentions.MaxUnseen || r.Mentioned[0].Seq != mentions.MaxUnseen+1 {
		t.Errorf("%d are left, from %d on", n, r.Mentioned[0].Seq)
	}
	for i := range uint64(500) {
		r = r.Without(chat.ID(fmt.Sprint(i)), i+1, noon.Add(time.Duration(i)*time.Second))
	}
	if len(r.Mentioned) != 0 || len(r.Seen) != 100 {
		t.Errorf("%d are left, %d seen", len(r.Mentioned), len(r.Seen))
	}
}
