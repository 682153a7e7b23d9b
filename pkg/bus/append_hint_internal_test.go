package bus

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestAHintIsWrittenAndReadAsEncodingJSONDoes(t *testing.T) {
	noon := time.Date(2026, 11, 29, 12, 0, 0, 5, time.UTC)
	for _, s := range []Snapshot{
		{},
		{Out: 7, State: chat.State{Status: chat.WithBot, AnsweredThrough: 6, Visitor: "Ada \"<b>\" \u2028"}},
		{Out: 1 << 63, State: chat.State{Status: chat.Live, Agent: &chat.Agent{User: "kim", Name: "Kim"}, AnsweredThrough: 6, RequestsThrough: 5, Since: noon, Asked: noon, Handover: true, Visit: 12, Source: "a.b"}},
	} {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.encode(); err != nil || got != string(want) {
			t.Errorf("written as %s, %v; want %s", got, err, want)
		}
		if got := decodeHint(string(want)); got == nil || !reflect.DeepEqual(*got, s) {
			t.Errorf("%s is read as %+v", want, got)
		}
		if !new(Snapshot).readPlain(want) {
			t.Errorf("%s is not read by hand", want)
		}
	}
	if got := decodeHint(`{"more":1, "out":7}`); got == nil || got.Out != 7 {
		t.Errorf("what a later version writes is read as %+v", got)
	}
	for _, no := range []string{"", "?", `{"out":"7"}`} {
		if got := decodeHint(no); got != nil {
			t.Errorf("%q is read as %+v", no, got)
		}
	}
}

func TestASubjectIsTakenApartAsItIsMade(t *testing.T) {
	id := chat.NewID()
	for subject, leaf := range map[Subject]chat.Leaf{
		chatSubject(id, chat.LeafMessage): chat.LeafMessage, chatSubject(id, chat.LeafReply): chat.LeafReply, internalSubject(id): chat.LeafInternal,
		signalSubject(id): leafSignal, liveInternal(id)[0]: chat.LeafInternal, cardSubject(id): chat.LeafCard, liveInternal(id)[1]: chat.LeafCard,
	} {
		if gotID, got, err := parseSubject(string(subject)); err != nil || gotID != id || got != leaf {
			t.Errorf("%s is %s %s, %v", subject, gotID, got, err)
		}
	}
	for _, no := range []string{"", "chat", "chat.5", "chat..", "chat.5." + string(id[1:]), "dead.5." + string(id), "live.live.chat.5." + string(id)} {
		if _, _, err := parseSubject(no); err == nil {
			t.Errorf("%q names a chat", no)
		}
	}
}
