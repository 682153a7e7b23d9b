package knowledge_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/parley-chat/parley/botworker/knowledge"
)

func builtin(t *testing.T) *knowledge.Index {
	t.Helper()
	ix, err := knowledge.Load(context.Background(), knowledge.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

// A search uses the room of an earlier one and what that remembered of its words. Neither
// is seen in what it finds.
func TestASearchFindsTheSameHoweverManyWereBeforeItOrAreBesideIt(t *testing.T) {
	all := questions()
	want := map[string][]knowledge.Passage{}
	for _, q := range all[:8] {
		want[q] = builtin(t).Search(q, 5)
	}
	ix := builtin(t)
	var running sync.WaitGroup
	for n := range 4 {
		running.Go(func() {
			for i := range 3 * len(all) {
				q := all[(i*(2*n+1))%len(all)]
				if found, ok := ix.Search(q, 5), want[q] != nil; ok && !slices.Equal(found, want[q]) {
					t.Errorf("%q: %+v, want %+v", q, found, want[q])
				}
			}
		})
	}
	running.Wait()
}

// However many passages are asked for, those that fit best are the same, in the same order.
func TestFewerPassagesAreTheBestOfMany(t *testing.T) {
	ix := builtin(t)
	for _, q := range questions() {
		many := ix.Search(q, 1000)
		for limit := range 4 {
			if few := ix.Search(q, limit); !slices.Equal(few, many[:min(limit, len(many))]) {
				t.Errorf("%q, %d: %+v", q, limit, few)
			}
		}
	}
}
