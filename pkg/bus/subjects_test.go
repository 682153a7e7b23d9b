package bus

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/parley-chat/parley/pkg/chat"
)

func FuzzParseSubject(f *testing.F) {
	id := chat.NewID()
	for _, s := range []Subject{inSubjects(id), outSubjects(id), internalSubject(id), liveSubjects(id), signalSubject(id), timerDue(id, "idle"), "chat.*.>", ""} {
		f.Add(string(s))
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, _, err := parseSubject(s)
		if err != nil {
			return
		}
		if _, err := chat.ParseID(string(id)); err != nil || !strings.Contains(s, string(id)) {
			t.Errorf("%q names chat %q", s, id)
		}
	})
}

func TestEveryKindHasASubjectOfItsOwnLeaf(t *testing.T) {
	for _, kind := range chat.Kinds() {
		id := chat.NewID()
		s, err := eventSubject(id, kind)
		if err != nil {
			t.Fatal(err)
		}
		if of, leaf, err := parseSubject(livePrefix + string(s)); err != nil || of != id || leaf != kind.Leaf() {
			t.Errorf("%s is stored on %s, which is chat %s, leaf %s (%v)", kind, s, of, leaf, err)
		}
	}
	for _, kind := range []chat.Kind{"whisper", ""} {
		if s, err := eventSubject(chat.NewID(), kind); s != "" || !errors.Is(err, chat.ErrUnknownKind) {
			t.Errorf("%q has the subject %q (%v)", kind, s, err)
		}
	}
}

// An event of an unknown kind is left to others for a while, and then buried.
func TestAnUnknownKindIsNotWaitedForForever(t *testing.T) {
	from := origin{subject: string(chatSubject(chat.NewID(), chat.LeafMessage)), seq: 7, data: []byte(`{"kind":"whisper","text":"psst"}`)}
	for tries, left := range map[int]bool{1: true, unknownTries - 1: true, unknownTries: false, unknownTries + 100: false} {
		from.tries = tries
		d, err := decodeDelivery(from, nil)
		if !errors.Is(err, chat.ErrUnknownKind) || errors.Is(err, ErrUnavailable) != left || d.Event.Seq != 7 {
			t.Errorf("delivery %d: %v", tries, err)
		}
		want := terminate
		if left {
			want = retry
		}
		if task := (Consumer{GaveUp: func(context.Context, Delivery) error { return nil }}).task(nil, &held{pulled: pulled{Msg: &nats.Msg{}}, origin: from}); outcomeOf(task.unreadable, false) != want || task.gaveUp != nil {
			t.Errorf("delivery %d: %v", tries, task.unreadable)
		}
	}
}
