package desk

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

func liveWith(a chat.Agent, out uint64) bus.Snapshot {
	return bus.Snapshot{Out: out, State: chat.State{Status: chat.Live, Agent: &a}}
}

func TestAPlaceIsReservedOnceForAChatAndNotAboveTheCapacity(t *testing.T) {
	h, changed, ok := Holds(nil).Reserve("a", 5, 1, noon)
	if !changed || !ok || len(h) != 1 {
		t.Fatalf("%v, %v, %v", h, changed, ok)
	}
	if _, changed, ok := h.Reserve("a", 5, 1, noon); changed || !ok {
		t.Error("the place that is there is not used")
	}
	if _, changed, ok := h.Reserve("a", 4, 1, noon); changed || !ok {
		t.Error("a later place is replaced by an earlier one")
	}
	if later, changed, ok := h.Reserve("a", 6, 1, noon); !changed || !ok || len(later) != 1 || later[0].Seq != 6 {
		t.Errorf("after a later change: %v", later)
	}
	if got, _, ok := h.Reserve("b", 1, 1, noon); ok || len(got) != 1 {
		t.Errorf("above the capacity: %v", got)
	}
	if _, _, ok := h.With(Hold{Chat: "b"}).Reserve("a", 6, 1, noon); ok {
		t.Error("with a capacity that was lowered since, a chat is given in an old place")
	}
}

func TestAPlaceIsStaleOnceItsAppendCanNotSucceed(t *testing.T) {
	h := Hold{Chat: "a", Seq: 5, At: noon}
	waiting := func(out uint64) bus.Snapshot { return bus.Snapshot{Out: out, State: chat.State{Status: chat.Waiting}} }
	for _, c := range []struct {
		name  string
		state bus.Snapshot
		after time.Duration
		want  Use
	}{
		{"nothing came since", waiting(5), time.Hour, Pending},
		{"something else came", waiting(6), 0, Stale},
		{"the chat is hers", liveWith(grace, 6), 0, Kept},
		{"and was so for long", liveWith(grace, 99), time.Hour, Kept},
		{"another one has it", liveWith(linus, 6), 0, Stale},
		{"who answers is behind", waiting(3), time.Second, Pending},
		{"what it was reserved after is gone", waiting(0), 2 * time.Minute, Stale},
	} {
		if got := h.Use("grace", c.state, noon.Add(c.after)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Earlier versions follow the bucket, too: they must not take a list of places for a chat.
func TestPlacesAreNoEntryOfTheDesk(t *testing.T) {
	for _, h := range []Holds{{}, {{Chat: "a", Seq: 1, At: noon}}} {
		data, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		var e Entry
		if json.Unmarshal(data, &e) == nil {
			t.Errorf("%s is read as the entry %+v", data, e)
		}
	}
}

// The argument of decision 0059, as a model: any interleaving of reservations, appends that are
// refused or succeed, crashes between them, chats that are let go, and whoever takes back what is
// stale. Nobody ever has more chats than the capacity; and when all is at rest, and everybody has
// looked, the places are those of the chats.
func TestNoInterleavingGoesAboveTheCapacityOrLeaksAPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = 2
		users := []chat.Agent{grace, linus}
		chats := []chat.ID{"a", "b", "c", "d"}
		state, past := map[chat.ID]bus.Snapshot{}, map[chat.ID][]bus.Snapshot{}
		holds, revision := map[string]Holds{}, map[string]int{}
		seq := uint64(1)
		becomes := func(id chat.ID, s bus.Snapshot) {
			s.Out = seq
			seq++
			state[id], past[id] = s, append(past[id], s)
		}
		waits := bus.Snapshot{State: chat.State{Status: chat.Waiting}}
		for _, id := range chats {
			becomes(id, waits)
		}
		// seen is what a leader answers that may not know yet that it leads no more.
		seen := func(t *rapid.T, id chat.ID) bus.Snapshot {
			return past[id][max(0, len(past[id])-1-rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "behind"))]
		}
		// A try is somebody between two steps; each read of it may be old by the time it acts.
		type try struct {
			user     chat.Agent
			id       chat.ID
			seen     bus.Snapshot
			has      Holds
			at       int
			reserved bool
		}
		var tries []*try
		read := func(t *rapid.T, user chat.Agent, id chat.ID) *try {
			return &try{user: user, id: id, seen: seen(t, id), has: holds[user.User], at: revision[user.User]}
		}
		store := func(of *try, next Holds) bool {
			if revision[of.user.User] != of.at {
				return false
			}
			holds[of.user.User] = next
			revision[of.user.User]++
			return true
		}
		check := func() {
			n := map[string]int{}
			for _, id := range chats {
				if s := state[id].State; s.Status == chat.Live && !s.Asleep() {
					n[s.Agent.User]++
				}
			}
			for user, n := range n {
				if n > most {
					t.Fatalf("%s has %d chats: places %v, chats %v", user, n, holds[user], state)
				}
			}
		}
		user := rapid.SampledFrom(users)
		id := rapid.SampledFrom(chats)
		var sweeps []*try
		pick := func(t *rapid.T, of []*try, name string) *try {
			if len(of) == 0 {
				return read(t, users[0], chats[0]) // of nobody's
			}
			return of[rapid.IntRange(0, len(of)-1).Draw(t, name)]
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { check() },
			"look": func(t *rapid.T) {
				one := read(t, user.Draw(t, "who"), id.Draw(t, "chat"))
				if s := one.seen.State; s.Status == chat.Waiting || s.Asleep() && s.Agent.User == one.user.User { // it wakes
					tries = append(tries, one)
				}
			},
			"reserve": func(t *rapid.T) {
				one := pick(t, tries, "try")
				next, changed, ok := one.has.Reserve(one.id, one.seen.Out, most, noon)
				one.reserved = ok && (!changed || store(one, next))
				if !one.reserved {
					one.has, one.at = holds[one.user.User], revision[one.user.User]
				}
			},
			"append": func(t *rapid.T) {
				one := pick(t, tries, "try")
				if one.reserved && state[one.id].Out == one.seen.Out {
					becomes(one.id, liveWith(one.user, 0))
				}
			},
			"look again": func(t *rapid.T) {
				one := pick(t, tries, "try")
				*one = *read(t, one.user, one.id)
				one.reserved = false
			},
			"snooze": func(t *rapid.T) {
				which := id.Draw(t, "chat")
				if s := state[which]; s.State.Status == chat.Live {
					s.State.Snooze = &chat.Snooze{Through: s.Out}
					becomes(which, s)
				}
			},
			"let go": func(t *rapid.T) {
				becomes(id.Draw(t, "chat"), waits)
			},
			"look for stale places": func(t *rapid.T) { // the places first, then the chat
				one := read(t, user.Draw(t, "who"), id.Draw(t, "chat"))
				one.seen = bus.Snapshot{}
				sweeps = append(sweeps, one)
			},
			"read the chat of a stale place": func(t *rapid.T) {
				one := pick(t, sweeps, "sweep")
				one.seen = seen(t, one.id)
			},
			"give back": func(t *rapid.T) {
				one := pick(t, sweeps, "sweep")
				if h, is := one.has.Of(one.id); is && one.seen.Out > 0 && h.Use(one.user.User, one.seen, noon) == Stale {
					store(one, one.has.Without(one.id))
				}
			},
		})
		for _, u := range users { // at rest: everything is looked at once more
			for _, h := range holds[u.User] {
				switch h.Use(u.User, state[h.Chat], noon) {
				case Stale:
					holds[u.User] = holds[u.User].Without(h.Chat)
				case Pending:
					becomes(h.Chat, liveWith(u, 0)) // finished for whoever began it
				}
			}
			for _, id := range chats {
				if _, has := holds[u.User].Of(id); has != Occupies(u.User, state[id].State) {
					t.Fatalf("%s: places %v, and chat %s is %v", u.User, holds[u.User], id, state[id])
				}
			}
		}
		check()
	})
}
