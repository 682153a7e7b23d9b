package drafts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/drafts"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

func TestADraftIsReplacedOnlyByWhoeverReadIt(t *testing.T) {
	k, err := drafts.New(t.Context(), bustest.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	id, at := chat.NewID(), time.Now()
	put := func(text string, internal bool, edition uint64) (drafts.Draft, uint64, bool) {
		t.Helper()
		now, next, other, err := k.Put(t.Context(), id, "grace", drafts.Draft{Text: text, Internal: internal, At: at}, edition)
		if err != nil {
			t.Fatal(err)
		}
		return now, next, other
	}
	_, first, other := put("Hel", false, 0)
	if first == 0 || other {
		t.Fatalf("the first is edition %d, other: %v", first, other)
	}
	if _, again, other := put("Hel", false, 0); again != first || other {
		t.Errorf("sent again: edition %d, other: %v", again, other)
	}
	_, second, _ := put("Hello", true, first)
	// The other device has not read that.
	if now, edition, other := put("Help", false, first); now.Text != "Hello" || !now.Internal || edition != second || !other {
		t.Errorf("the other device is told %+v, edition %d, other: %v", now, edition, other)
	}
	if now, edition, err := k.Of(t.Context(), id, "grace"); err != nil || now.Text != "Hello" || edition != second {
		t.Errorf("kept: %+v, %d, %v", now, edition, err)
	}
	put("", false, second)
	if now, _, _ := k.Of(t.Context(), id, "grace"); now.Text != "" {
		t.Errorf("after it was sent: %+v", now)
	}
	for name, of := range map[string]struct {
		id   chat.ID
		user string
	}{"another agent": {id, "hedy"}, "another chat": {chat.NewID(), "grace"}} {
		if now, edition, err := k.Of(t.Context(), of.id, of.user); err != nil || now != (drafts.Draft{}) || edition != 0 {
			t.Errorf("%s reads %+v, %d, %v", name, now, edition, err)
		}
	}
	if _, _, _, err := k.Put(t.Context(), id, "grace", drafts.Draft{Text: strings.Repeat("é", drafts.MaxText+1)}, second); err == nil || !strings.Contains(err.Error(), "8001 characters") {
		t.Errorf("a long one: %v", err)
	}
}
