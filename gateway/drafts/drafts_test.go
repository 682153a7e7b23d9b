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

// The drafts of one account have a size in all. Emptying one makes room, and others' are others'.
func TestTheDraftsOfAnAccountHaveASizeInAll(t *testing.T) {
	k, err := drafts.New(t.Context(), bustest.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	put := func(id chat.ID, user, text string, edition uint64) (uint64, error) {
		_, next, _, err := k.Put(t.Context(), id, user, drafts.Draft{Text: text, At: time.Now()}, edition)
		return next, err
	}
	longest := strings.Repeat("🦊", drafts.MaxText)
	first, refused := chat.NewID(), chat.ID("")
	edition, err := put(first, "grace", longest, 0)
	for total := len(longest); err == nil; total += len(longest) {
		if total > drafts.MaxBytes {
			t.Fatal("more is kept than there may be")
		}
		refused = chat.NewID()
		_, err = put(refused, "grace", longest, 0)
	}
	if !strings.Contains(err.Error(), "1 MB") {
		t.Fatalf("one too many: %v", err)
	}
	if now, _, err := k.Of(t.Context(), refused, "grace"); err != nil || now.Text != "" {
		t.Errorf("it is kept: %d characters, %v", len(now.Text), err)
	}
	if edition, err = put(first, "grace", longest[:len(longest)-4], edition); err != nil {
		t.Errorf("one that is there grows no more: %v", err)
	}
	if _, err := put(refused, "hedy", longest, 0); err != nil {
		t.Errorf("a colleague's: %v", err)
	}
	if _, err = put(first, "grace", "", edition); err != nil {
		t.Fatal(err)
	}
	if _, err := put(refused, "grace", longest, 0); err != nil {
		t.Errorf("in the place of one that was sent: %v", err)
	}
}
