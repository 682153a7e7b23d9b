package desk

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

const inEU, alsoInEU, inAP chat.ID = "aaaaaaaaaaaaaaaaeu", "bbbbbbbbbbbbbbbbeu", "aaaaaaaaaaaaaaaaap"

func of(region chat.Region) func(chat.ID) bool {
	return func(id chat.ID) bool { return id.Home() == region }
}

// The desks of several regions are read one by one: what one of them no longer lists says
// nothing of the chats of another.
func TestEachRegionsDeskIsReadAloneAndListedWithTheOthers(t *testing.T) {
	w := newWatched()
	w.opts.Own = of("eu")
	w.syncDesk(map[string]Entry{string(inEU): {Status: chat.Waiting, Seq: 1}, string(alsoInEU): {Status: chat.Live, Agent: &grace, Seq: 2}})
	w.sync(map[string]Entry{string(inAP): {Status: chat.Waiting, Seq: 1}}, of("ap"), func(time.Time) {})
	w.hears(t, "aaaaaaaaaaaaaaaaap: →waiting", "aaaaaaaaaaaaaaaaeu: →waiting", "bbbbbbbbbbbbbbbbeu: →live")
	if s := w.Summary(); s.Waiting != 1 || s.Live != 1 {
		t.Errorf("of the own region %d wait and %d are live, want 1 and 1", s.Waiting, s.Live)
	}
	w.syncDesk(map[string]Entry{string(inEU): {Status: chat.Waiting, Seq: 1}})
	w.hears(t, "bbbbbbbbbbbbbbbbeu is gone")
	w.sync(nil, of("ap"), func(time.Time) {})
	w.hears(t, "aaaaaaaaaaaaaaaaap is gone")
}

// Whoever has chats in another region is not assigned as many again here.
func TestAnAgentsChatsInOtherRegionsCount(t *testing.T) {
	w := newWatched()
	w.syncDesk(map[string]Entry{string(inEU): {Status: chat.Live, Agent: &grace, Seq: 2}})
	w.Mirror.heard(grace.User, Presence{User: grace.User, Elsewhere: 2})
	if got := w.Candidates(); len(got) != 1 || got[0].Open != 3 {
		t.Errorf("%+v, want one with 3 chats", got)
	}
	w.Mirror.heard(grace.User, Presence{User: grace.User, Elsewhere: 0})
	if got := w.Candidates(); len(got) != 1 || got[0].Open != 1 {
		t.Errorf("%+v, want one with 1 chat", got)
	}
}
