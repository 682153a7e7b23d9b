package desk

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

var grace, linus = chat.Agent{User: "grace", Name: "Grace"}, chat.Agent{User: "linus", Name: "Linus"}

// watched is a Mirror whose clock a test sets, and what its Observer heard.
type watched struct {
	*Mirror
	now   time.Time
	heard []string
}

func newWatched() *watched {
	w := &watched{now: noon}
	w.Mirror = NewMirror(nil, Options{Observer: w, Now: func() time.Time { return w.now }})
	w.syncDuty(nil)
	return w
}

func (w *watched) Listed(was, now Entry) {
	w.heard = append(w.heard, fmt.Sprintf("%s: %s→%s", now.Chat, was.Status, now.Status))
}

func (w *watched) Unlisted(id chat.ID) { w.heard = append(w.heard, string(id)+" is gone") }

func (w *watched) Online(agents []Person) {
	line := "online:"
	for _, a := range agents {
		line += " " + a.Name
		if a.Away {
			line += " (away)"
		}
	}
	w.heard = append(w.heard, line)
}

// hears checks what the Observer heard since the last time.
func (w *watched) hears(t *testing.T, want ...string) {
	t.Helper()
	if slices.Sort(w.heard); !slices.Equal(w.heard, want) {
		t.Errorf("heard %q, want %q", w.heard, want)
	}
	w.heard = nil
}

func (w *watched) at(seconds int) { w.now = noon.Add(time.Duration(seconds) * time.Second) }

func (w *watched) present(a chat.Agent) { w.Mirror.heard(a.User, Presence{User: a.User, Name: a.Name}) }

func TestTheMirrorKnowsWhoIsOnlineAndForHowLongIdle(t *testing.T) {
	w := newWatched()
	w.present(grace)
	w.present(linus)
	w.at(20)
	w.present(grace)
	w.at(25)
	w.List(Entry{Chat: "a", Status: chat.Live, Agent: &grace})
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	w.at(29)
	if got := w.Candidates(); len(got) != 2 || got[0].Open != 1 || !got[0].Idle.Equal(at(25)) || got[1].Open != 0 || !got[1].Idle.Equal(at(0)) {
		t.Errorf("after 29 s: %+v", got)
	}
	w.at(40)
	w.Unlist("a")
	w.at(45)
	if got := w.Candidates(); len(got) != 1 || got[0].Agent != grace || got[0].Open != 0 || !got[0].Idle.Equal(at(40)) {
		t.Errorf("after 45 s: %+v", got)
	}
	w.signedOff("grace")
	if got := w.Candidates(); len(got) != 0 {
		t.Errorf("signed off: %+v", got)
	}
	w.at(50)
	w.present(chat.Agent{User: "grace", Name: "Grace H."})
	if got := w.Candidates(); len(got) != 1 || got[0].Agent.Name != "Grace H." || !got[0].Idle.Equal(at(50)) {
		t.Errorf("back again: %+v", got)
	}
}

func TestTheObserverHearsOfEachChangeOnce(t *testing.T) {
	w := newWatched()
	w.syncDesk(map[string]Entry{"a": {Chat: "a", Status: chat.Waiting}, "b": {Chat: "b", Status: chat.Waiting}})
	w.syncPresence(map[string]Presence{"grace": {User: "grace", Name: "Grace", At: noon}})
	w.hears(t, "a: →waiting", "b: →waiting", "online: Grace")
	w.List(Entry{Chat: "a", Status: chat.Live, Agent: &grace})
	w.present(grace) // said again
	w.present(linus)
	w.hears(t, "a: waiting→live", "online: Grace Linus")
	w.Unlist("a")
	w.Unlist("a")
	w.signedOff("linus")
	w.present(chat.Agent{User: "grace", Name: "Grace H."})
	w.hears(t, "a is gone", "online: Grace", "online: Grace H.")
	w.at(31)
	w.updateAgents(func(time.Time) {}) // as Run does now and then
	w.hears(t, "online:")
}

// What a waiting visitor is told rests on it.
func TestTheMirrorKnowsThatEveryAgentHasAChat(t *testing.T) {
	w := newWatched()
	busy := func(what string, want bool) {
		t.Helper()
		if _, got := w.Staff().Line(func(string) bool { return true }); got != want {
			t.Errorf("%s: busy is %v", what, got)
		}
	}
	w.syncPresence(map[string]Presence{"grace": {User: "grace", Name: "Grace", At: noon}})
	w.List(Entry{Chat: "a", Status: chat.Live, Agent: &grace, Seq: 1})
	busy("nothing is known of the desk", false)
	w.syncDesk(map[string]Entry{"a": {Chat: "a", Status: chat.Live, Agent: &grace, Seq: 1}, "b": {Chat: "b", Status: chat.Waiting}})
	busy("the only agent has a chat", true)
	w.present(linus)
	busy("another one has none", false)
	w.List(Entry{Chat: "c", Status: chat.Live, Agent: &linus, Seq: 1})
	busy("both have one", true)
	w.Unlist("a")
	busy("one is free again", false)
	w.signedOff("grace")
	busy("who is free has left", true)
	w.signedOff("linus")
	busy("nobody is there", false)
}

// The bucket may report a change only after the caller has shown a later one.
func TestAnOlderStateDoesNotReplaceALaterOne(t *testing.T) {
	w := newWatched()
	w.List(Entry{Chat: "a", Status: chat.Live, Agent: &grace, Seq: 7})
	w.List(Entry{Chat: "a", Status: chat.Waiting, Seq: 5})
	w.hears(t, "a: →live")
	w.List(Entry{Chat: "a", Status: chat.Waiting, Seq: 9})
	w.hears(t, "a: live→waiting")
}

// The bucket is read again: it may hold anything by then.
func TestWhatVanishedWhileTheMirrorSawNothingIsGone(t *testing.T) {
	w := newWatched()
	w.syncDesk(map[string]Entry{"a": {Chat: "a", Status: chat.Waiting}, "b": {Chat: "b", Status: chat.Waiting}, "c": {Chat: "c", Status: chat.Waiting}})
	w.present(grace)
	w.present(linus)
	w.heard = nil
	w.Lost()
	w.syncDesk(map[string]Entry{"a": {Chat: "a", Status: chat.Waiting}, "b": {Chat: "b", Status: chat.Live}, "d": {Chat: "d", Status: chat.Waiting}})
	w.syncPresence(map[string]Presence{"linus": {User: "linus", Name: "Linus", At: noon}})
	w.hears(t, "b: waiting→live", "c is gone", "d: →waiting", "online: Linus")
	if got := w.Entries(chat.Waiting); len(got) != 2 {
		t.Errorf("%+v wait, want a and d", got)
	}
}

func TestTheMirrorIsInSyncOnceAllBucketsWereRead(t *testing.T) {
	w := newWatched()
	w.Lost()
	inSync := func(want bool, since int) {
		t.Helper()
		got, ok := w.SyncedSince()
		if ok != want || ok && !got.Equal(noon.Add(time.Duration(since)*time.Second)) {
			t.Errorf("in sync: %v since %v, want %v", ok, got, want)
		}
	}
	inSync(false, 0)
	w.syncDesk(nil)
	inSync(false, 0)
	w.syncPresence(nil)
	inSync(false, 0)
	w.at(5)
	w.syncDuty(nil)
	inSync(true, 5)
	w.lost(presenceBucket)
	inSync(false, 0)
	w.at(9)
	w.syncPresence(nil)
	inSync(true, 9)
	w.Lost()
	w.syncPresence(nil)
	inSync(false, 0)
}

// Only at the start, when nothing was heard yet, counts what another process's clock
// says; and never a time to come.
func TestClocksThatDifferMakeNobodyAbsent(t *testing.T) {
	w := newWatched()
	w.syncPresence(map[string]Presence{"grace": {Name: "Grace", At: noon.Add(-20 * time.Second)}, "linus": {Name: "Linus", At: noon.Add(time.Hour)}})
	if got := w.LastSeen("grace"); !got.Equal(noon.Add(-20 * time.Second)) {
		t.Errorf("Grace was seen at %v", got)
	}
	if got := w.LastSeen("linus"); !got.Equal(noon) {
		t.Errorf("Linus was seen at %v", got)
	}
	w.Mirror.heard("grace", Presence{User: "grace", Name: "Grace", At: noon.Add(-time.Hour)})
	if got := w.Mirror.Online(); len(got) != 2 {
		t.Errorf("online are %v", got)
	}
}

func TestTheSummaryCountsTheDesk(t *testing.T) {
	w := newWatched()
	w.present(grace)
	w.syncDesk(map[string]Entry{
		"a": {Status: chat.Waiting, Asked: noon.Add(time.Minute), Team: "billing1"}, "b": {Status: chat.Waiting, Asked: noon}, "c": {Status: chat.Live, Agent: &grace, Asked: noon.Add(-time.Hour)},
	})
	got := w.Summary()
	if got.Waiting != 2 || got.Live != 1 || !got.OldestAsked.Equal(noon) || !slices.Equal(got.Online, []Person{{Agent: grace}}) || !maps.Equal(got.WaitingIn, map[string]int{"billing1": 1, "": 1}) {
		t.Errorf("%+v", got)
	}
	w.present(linus)
	w.setDuty(DutyKey("grace"), Duty{Away: true})
	if got := w.Summary().Available(); !slices.Equal(got, []string{"linus"}) {
		t.Errorf("Grace is away, and available are %v", got)
	}
}

// Nobody who is away is given a chat, and nobody waits for them.
func TestWhoIsAwayIsOnlineAndNoCandidate(t *testing.T) {
	w := newWatched()
	w.syncDesk(nil)
	w.syncPresence(map[string]Presence{"grace": {User: "grace", Name: "Grace", At: noon}, "linus": {User: "linus", Name: "Linus", At: noon}})
	w.heard = nil
	w.setDuty(DutyKey("grace"), Duty{Away: true, Capacity: 2})
	w.hears(t, "online: Grace (away) Linus")
	if got := w.Candidates(); len(got) != 1 || got[0].Agent != linus {
		t.Errorf("candidates are %+v", got)
	}
	line := func() (nobody, busy bool) { return w.Staff().Line(func(string) bool { return true }) }
	if nobody, _ := line(); nobody {
		t.Error("Linus is available")
	}
	w.signedOff("linus")
	if nobody, _ := line(); !nobody || len(w.Mirror.Online()) != 1 {
		t.Errorf("only Grace is there, and away: online are %v", w.Mirror.Online())
	}
	if _, is, known := w.Availability("grace"); is != Away || !known {
		t.Errorf("Grace is %v (known: %v)", is, known)
	}
	if _, is, _ := w.Availability("linus"); is != Offline {
		t.Errorf("Linus is %v", is)
	}
	w.at(10)
	w.setDuty(DutyKey("grace"), Duty{Capacity: 2})
	if got := w.Candidates(); len(got) != 1 || got[0].Agent != grace || !got[0].Idle.Equal(noon.Add(10*time.Second)) {
		t.Errorf("Grace is back: %+v", got)
	}
	if s, known := w.Duty("grace"); s.Capacity != 2 || !known {
		t.Errorf("Grace's capacity is %d", s.Capacity)
	}
	w.lost(dutyBucket)
	if nobody, busy := line(); nobody || busy {
		t.Error("nobody knows who is away")
	}
}
