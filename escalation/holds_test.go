package escalation_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

// people returns that many agents.
func people(n int) (list []chat.Agent) {
	for i := range n {
		list = append(list, chat.Agent{User: fmt.Sprint("agent", i), Name: fmt.Sprint("Agent ", i)})
	}
	return list
}

// waiting returns that many chats that wait, each listed.
func (s *stage) waiting(n int) []chat.ID {
	s.Helper()
	ids := make([]chat.ID, n)
	for i := range ids {
		ids[i] = chat.NewID()
		s.ask(ids[i], chat.Escalate)
	}
	for _, id := range ids {
		s.listed(id, chat.Waiting)
	}
	return ids
}

// places waits until the places of an agent are as so says. Replicas give them back a moment
// after the chat was stored.
func (s *stage) places(user string, so func(h desk.Holds) bool) {
	s.Helper()
	var h desk.Holds
	defer func() {
		if s.Failed() {
			s.Logf("the places of %s are %+v", user, h)
		}
	}()
	bustest.Eventually(s, "the places of "+user+" are what they should be", func() bool { h = s.holds(user); return so(h) })
}

// free is the condition that no place is taken.
func free(h desk.Holds) bool { return len(h) == 0 }

// holds returns the places of an agent as they are now. Only conditions that are waited for
// read it.
func (s *stage) holds(user string) desk.Holds {
	s.Helper()
	bucket, err := bus.OpenBucket[desk.Holds](s.Context(), s.conn, bus.DeskBucket)
	if err != nil {
		s.Fatal(err)
	}
	h, _, err := bucket.Get(s.Context(), desk.HoldsKey(user))
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		s.Fatal(err)
	}
	return h
}

func (s *stage) setHolds(user string, h desk.Holds) {
	s.Helper()
	bucket, err := bus.OpenBucket[desk.Holds](s.Context(), s.conn, bus.DeskBucket)
	if err == nil {
		err = bucket.Put(s.Context(), desk.HoldsKey(user), h)
	}
	if err != nil {
		s.Fatal(err)
	}
}

// duty sets what is set for an agent.
func (s *stage) duty(user string, change func(*desk.Duty)) {
	s.Helper()
	if _, err := desk.ChangeDuty(s.Context(), s.conn, user, time.Now(), change); err != nil {
		s.Fatal(err)
	}
}

// mostAtOnce returns how many of the chats each agent had at once, by the chats' logs.
func (s *stage) mostAtOnce(ids []chat.ID) map[string]int {
	s.Helper()
	type step struct {
		at   time.Time
		user string
		by   int
	}
	var steps []step
	for _, id := range ids {
		holder := ""
		for _, e := range s.changes(id) {
			is := ""
			if e.State.Is() == chat.Live {
				is = e.State.Agent.User
			}
			if is == holder {
				continue
			}
			if holder != "" {
				steps = append(steps, step{e.At, holder, -1})
			}
			if is != "" {
				steps = append(steps, step{e.At, is, 1})
			}
			holder = is
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.by, b.by)) })
	now, most := map[string]int{}, map[string]int{}
	for _, one := range steps {
		now[one.user] += one.by
		most[one.user] = max(most[one.user], now[one.user])
	}
	return most
}

// Everybody presses "take" on everything, at three replicas.
func TestWhoeverTakesWhatNobodyHasMoreThanTheirCapacity(t *testing.T) {
	t.Parallel()
	const capacity, own = 3, 2
	s, agents := newStage(t), people(6)
	opts := patient()
	opts.Capacity = capacity
	s.duty(agents[0].User, func(to *desk.Duty) { to.Capacity = own })
	for _, name := range []string{"one", "two", "three"} {
		s.work(name, opts)
	}
	ids := s.waiting(20)
	var wg sync.WaitGroup
	var mu sync.Mutex
	refused := map[string]int{}
	for _, a := range agents {
		for _, id := range ids {
			wg.Go(func() {
				_, err := s.call(roles.DeskTake, roles.DeskRequest{Chat: id, Agent: a})
				var no *bus.Refusal
				switch {
				case err == nil:
				case !errors.As(err, &no) || no.Code != codes.Taken && no.Code != codes.AtCapacity:
					t.Errorf("%s took %s: %v", a.User, id, err)
				default:
					mu.Lock()
					defer mu.Unlock()
					refused[no.Code]++
					if no.Code == codes.Taken && !strings.Contains(no.Message, " took this chat ") || no.Code == codes.AtCapacity && !strings.HasPrefix(no.Message, "You already have ") {
						t.Errorf("told %q", no.Message)
					}
				}
			})
		}
	}
	wg.Wait()
	total := 0
	for user, most := range s.mostAtOnce(ids) {
		total += most
		if may := map[bool]int{true: own, false: capacity}[user == agents[0].User]; most > may {
			t.Errorf("%s had %d chats at once, and may have %d", user, most, may)
		}
	}
	if want := own + 5*capacity; total != want {
		t.Errorf("%d chats were taken, and there was room for %d", total, want)
	}
	if refused[codes.AtCapacity] == 0 {
		t.Error("nobody was told that they have enough")
	}
}

// Replicas die while chats are assigned, and agents let chats go all the time.
func TestAssignmentKeepsToCapacitiesWhileReplicasDie(t *testing.T) {
	t.Parallel()
	const capacity = 2
	s, agents := newStage(t), people(5)
	opts := patient()
	opts.AutoAssign, opts.Capacity = true, capacity
	replicas := make([]*replica, 3)
	for i := range replicas {
		replicas[i] = s.work(fmt.Sprint("first ", i), opts)
	}
	for _, a := range agents {
		s.staysOnline(a)
	}
	ids := s.waiting0(24)
	ctx, cancel := context.WithCancel(t.Context())
	var closing sync.WaitGroup
	var open atomic.Int64
	open.Store(int64(len(ids)))
	defer closing.Wait()
	defer cancel()
	closing.Go(func() { // whoever is given a chat closes it soon
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for left := slices.Clone(ids); len(left) > 0 && ctx.Err() == nil; <-tick.C {
			left = slices.DeleteFunc(left, func(id chat.ID) bool {
				snap, err := s.conn.Last(ctx, id)
				if err != nil || snap.State.Is() != chat.Live {
					return false
				}
				_, err = bus.Call(ctx, s.conn, roles.DeskClose, roles.DeskRequest{Chat: id, ID: "close", Agent: *snap.State.Agent})
				return err == nil // else it is tried again
			})
			open.Store(int64(len(left)))
		}
	})
	for n := range 4 {
		bustest.Eventually(t, "some more chats are over", func() bool { return open.Load() <= int64(len(ids)-5*n) })
		i := n % len(replicas)
		replicas[i].crash()
		replicas[i] = s.work(fmt.Sprint("later ", n), opts)
	}
	for _, id := range ids {
		s.becomes(id, chat.Closed)
	}
	for user, most := range s.mostAtOnce(ids) {
		if most > capacity {
			t.Errorf("%s had %d chats at once, and may have %d", user, most, capacity)
		}
	}
	for _, a := range agents {
		s.places(a.User, free)
	}
}

// What a crash left of places, and the chats that they are for.
func TestPlacesThatACrashLeftAreGivenBackOrUsed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	opts.Capacity = 1
	first := s.work("first", opts)
	ids := s.waiting(2)
	over, begun := ids[0], ids[1]
	s.must(roles.DeskTake, over, grace, "")
	s.must(roles.DeskClose, over, grace, "")
	first.crash()
	longAgo := time.Now().Add(-time.Minute).UTC()
	// Grace's chat is over, and its place was not given back; Linus' take was begun, and not made.
	s.setHolds(grace.User, desk.Holds{{Chat: over, Seq: 1, At: longAgo}})
	s.setHolds(linus.User, desk.Holds{{Chat: begun, Seq: s.last(begun).Out, At: longAgo}})
	opts.AwayGrace = 8 * time.Second
	s.staysOnline(linus)
	s.work("second", opts)
	s.places(grace.User, free)
	if got := s.becomes(begun, chat.Live).State; *got.Agent != linus {
		t.Errorf("what Linus took is with %v", got.Agent)
	}
	// And a chat that has no place, as from an earlier version, gets one.
	s.listed(begun, chat.Live)
	s.setHolds(linus.User, desk.Holds{})
	s.places(linus.User, func(h desk.Holds) bool { return len(h) == 1 && h[0].Chat == begun })
	s.refuses(codes.AtCapacity, roles.DeskTake, roles.DeskRequest{Chat: s.waiting(1)[0], Agent: linus})
}

// A full agent is refused only on evidence: what a crash left is found before that.
func TestAPlaceThatIsFreeIsFoundBeforeAnybodyIsRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	opts.Capacity = 1
	s.work("one", opts)
	ids := s.waiting(2)
	s.setHolds(grace.User, desk.Holds{{Chat: ids[0], Seq: s.last(ids[0]).Out - 1, At: time.Now().UTC()}})
	s.must(roles.DeskTake, ids[1], grace, "")
}

// A call whose answer was lost is repeated: the chat is the agent's already, and takes one place.
func TestATakeThatIsRepeatedTakesOnePlace(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	opts.Capacity = 1
	s.work("one", opts)
	s.work("two", opts)
	id := s.waiting(1)[0]
	for range 5 {
		if _, err := s.call(roles.DeskTake, roles.DeskRequest{Chat: id, ID: "again", Agent: grace}); err != nil {
			t.Fatal(err)
		}
	}
	s.places(grace.User, func(h desk.Holds) bool { return len(h) == 1 })
	s.must(roles.DeskTransfer, id, grace, "")
	s.places(grace.User, free)
}

// Away is no reason not to take a chat by hand; but nobody is given one.
func TestWhoIsAwayIsGivenNothingAndMayTake(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.duty(grace.User, func(to *desk.Duty) { to.Away = true })
	s.work("one", assigning())
	s.staysOnline(grace)
	ids := s.waiting(2)
	s.must(roles.DeskTake, ids[0], grace, "") // by their own press
	s.staysOnline(linus)                      // is given the other one, as soon as there is somebody
	if got := s.becomes(ids[1], chat.Live).State; *got.Agent != linus {
		t.Errorf("the chat is with %v", got.Agent)
	}
	s.duty(grace.User, func(to *desk.Duty) { to.Away = false })
	more := s.waiting0(2)
	for _, id := range more {
		s.becomes(id, chat.Live)
	}
	if got := s.mostAtOnce(append(ids, more...)); got[grace.User] != 2 || got[linus.User] != 2 {
		t.Errorf("Grace is back, and the chats are given to %v", got)
	}
}

// waiting0 is waiting without waiting for the desk.
func (s *stage) waiting0(n int) []chat.ID {
	s.Helper()
	ids := make([]chat.ID, n)
	for i := range ids {
		ids[i] = chat.NewID()
		s.ask(ids[i], chat.Escalate)
	}
	return ids
}
