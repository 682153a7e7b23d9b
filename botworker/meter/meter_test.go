package meter_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/meter"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/spent"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

const day = "20261129"

// replica is a bot's meter.
type replica struct {
	*meter.Meter
	conn *bus.Conn
	now  atomic.Pointer[time.Time]
	reg  *prometheus.Registry
}

func start(t *testing.T, server *bustest.Server, ceilings spent.Ceilings) *replica {
	t.Helper()
	r := &replica{conn: server.Connect("bot"), reg: prometheus.NewRegistry()}
	r.at(noon)
	r.Meter = meter.New(meter.Options{Ceilings: ceilings, Metrics: r.reg, Log: zerolog.Nop(), Now: func() time.Time { return *r.now.Load() }}, r.conn)
	t.Cleanup(r.Close)
	return r
}

func (r *replica) at(now time.Time) { r.now.Store(&now) }

// calls makes so many calls of ten tokens for the chat, and returns how many it might make.
func (r *replica) calls(t *testing.T, n int, id chat.ID, source string) (made int) {
	t.Helper()
	for range n {
		m := r.For(answer.Question{Chat: id, Source: source})
		if m.Begin(t.Context(), 100) == nil {
			made++
			m.End(10)
		}
	}
	return made
}

// spent reads the counters until they are as wanted.
func (r *replica) spent(t *testing.T, day string, want spent.Amount) {
	t.Helper()
	bustest.Eventually(t, "the counters to show what was spent", func() bool {
		l, err := r.conn.SpentOn(t.Context(), day)
		return err == nil && l.All == want
	})
}

func TestCeilingsHoldOverReplicasAndARestart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ceilings spent.Ceilings
		sameChat bool
		source   string
	}{
		"of a chat":     {spent.Ceilings{Chat: spent.Amount{Calls: 20}}, true, ""},
		"of an address": {spent.Ceilings{Address: spent.Amount{Calls: 20}}, false, "here"},
		"of a day":      {spent.Ceilings{Day: spent.Amount{Calls: 20}}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := bustest.Start(t)
			replicas := []*replica{start(t, server, c.ceilings), start(t, server, c.ceilings)}
			id := chat.NewID()
			var made atomic.Int32
			var asking sync.WaitGroup
			for n := range 30 {
				asking.Go(func() {
					which := id
					if !c.sameChat {
						which = chat.NewID()
					}
					made.Add(int32(replicas[n%2].calls(t, 1, which, c.source)))
				})
			}
			asking.Wait()
			// Those who ask at once may refuse each other the last calls, never more.
			if n := made.Load(); n > 20 || n < 10 {
				t.Errorf("%d calls were made", n)
			}
			for _, r := range replicas {
				r.Close() // what is on its way to a server that stops counts too much
			}
			server.Restart()
			bustest.Eventually(t, "NATS to be back", func() bool { return replicas[0].conn.Ready() == nil })
			again := start(t, server, c.ceilings)
			if !c.sameChat {
				id = chat.NewID()
			}
			if n := int(made.Load()) + again.calls(t, 30, id, c.source); n != 20 {
				t.Errorf("after a restart there were %d calls in all", n)
			}
			again.Close()
			if l, err := again.conn.SpentOn(t.Context(), day); err != nil || l.All != (spent.Amount{Calls: 20, Tokens: 200}) {
				t.Errorf("counted: %+v, %v", l.All, err)
			}
			if other := again.calls(t, 1, chat.NewID(), "elsewhere"); name != "of a day" && other != 1 {
				t.Error("somebody else is refused")
			}
		})
	}
}

// Whoever has an IPv6 /48 asks from another address each time.
func TestANetworkSpendsNoMoreThanFourAddresses(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	for network, perSubnet := range map[string]int{"wide": 1, "narrow": 1000} {
		r := start(t, server, spent.Ceilings{Address: spent.Amount{Calls: 5}})
		made := 0
		for n := range 40 {
			made += r.calls(t, 1, chat.NewID(), chat.JoinSource(fmt.Sprint(network, n), fmt.Sprint(network, "-", n/perSubnet), network))
		}
		want, scope := 20, "network"
		if perSubnet > 1 {
			want, scope = 10, "subnet"
		}
		if made != want || refused(t, r, scope) != float64(40-want) {
			t.Errorf("%s: %d calls were made, want %d", network, made, want)
		}
		if n := r.calls(t, 5, chat.NewID(), "block-of-"+network+".elsewhere.b"+network); n != 5 {
			t.Errorf("an address elsewhere may make %d calls", n)
		}
	}
}

// What an address may have shrinks with what is left of the day.
func TestAnAddressMayHaveHalfOfWhatIsLeftOfTheDay(t *testing.T) {
	t.Parallel()
	r := start(t, bustest.Start(t), spent.Ceilings{Address: spent.Amount{Calls: 100}, Day: spent.Amount{Calls: 120}})
	if n := r.calls(t, 60, chat.NewID(), "greedy"); n != 40 {
		t.Errorf("an address may make %d of 120 calls", n)
	}
	if n := r.calls(t, 60, chat.NewID(), "next"); n != 26 {
		t.Errorf("the next address may make %d of 80 calls", n)
	}
	if n := refused(t, r, "address"); n != 54 {
		t.Errorf("%v were refused because of the address", n)
	}
	bustest.Eventually(t, "both are shown to operators", func() bool {
		l, err := r.conn.SpentOn(t.Context(), day)
		return err == nil && len(l.Marked) == 2
	})
}

func TestTokensAreCountedInAdvanceAndThenAsTheyAre(t *testing.T) {
	t.Parallel()
	r, id := start(t, bustest.Start(t), spent.Ceilings{Chat: spent.Amount{Tokens: 250}}), chat.NewID()
	open := r.For(answer.Question{Chat: id})
	other := r.For(answer.Question{Chat: id})
	if open.Begin(t.Context(), 100) != nil || other.Begin(t.Context(), 100) != nil {
		t.Fatal("two calls fit")
	}
	r.spent(t, day, spent.Amount{Calls: 2, Tokens: 200})
	open.End(10)
	r.spent(t, day, spent.Amount{Calls: 2, Tokens: 110})
	if r.calls(t, 1, id, "") != 1 {
		t.Error("a third fits, as the first took less")
	}
	other.End(150)
	r.spent(t, day, spent.Amount{Calls: 3, Tokens: 170})
	if r.calls(t, 1, id, "") != 0 {
		t.Error("a fourth does not fit")
	}
}

func TestANewDayBeginsAtMidnightUTC(t *testing.T) {
	t.Parallel()
	r, id := start(t, bustest.Start(t), spent.Ceilings{Chat: spent.Amount{Calls: 2}}), chat.NewID()
	r.at(time.Date(2026, 11, 29, 23, 59, 59, 0, time.UTC))
	if n := r.calls(t, 1, id, ""); n != 1 {
		t.Fatal(n)
	}
	late := r.For(answer.Question{Chat: id})
	if err := late.Begin(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	if n := r.calls(t, 1, id, ""); n != 0 {
		t.Error("a third call on a day for two")
	}
	r.at(time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC))
	late.End(7)
	if n := r.calls(t, 3, id, ""); n != 2 {
		t.Errorf("%d calls on the next day", n)
	}
	r.spent(t, day, spent.Amount{Calls: 2, Tokens: 17}) // the late one counts for the day it began on
	r.spent(t, "20261130", spent.Amount{Calls: 2, Tokens: 20})
}

// An attacker who has nothing left costs no more than a look into a list.
func TestWhoHasNothingLeftTouchesNoCounter(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	r, id := start(t, server, spent.Ceilings{Chat: spent.Amount{Calls: 1}}), chat.NewID()
	if n := r.calls(t, 2, id, "here"); n != 1 {
		t.Fatal(n)
	}
	r.Close()
	server.Stop()
	if n := r.calls(t, 1000, id, "here"); n != 0 {
		t.Errorf("%d calls were made", n)
	}
	if n := refused(t, r, "chat"); n != 1001 {
		t.Errorf("%v answers were quoted for the chat's ceiling", n)
	}
}

func refused(t *testing.T, r *replica, scope string) float64 {
	t.Helper()
	families, err := r.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "parley_llm_refused_total" && m.GetLabel()[0].GetValue() == scope {
				return m.GetCounter().GetValue()
			}
		}
	}
	return -1
}

// Nothing is spent that can't be counted, and nobody waits long to learn that.
func TestWithoutCountersNoCallIsMade(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	r, unbounded := start(t, server, spent.Ceilings{Day: spent.Amount{Calls: 1000}}), start(t, server, spent.Ceilings{})
	server.Stop()
	if n := r.calls(t, 3, chat.NewID(), "here"); n != 0 {
		t.Errorf("%d calls were made that nobody counts", n)
	}
	if n := refused(t, r, "uncounted"); n != 3 {
		t.Errorf("%v are counted as such", n)
	}
	if n := unbounded.calls(t, 1, chat.NewID(), ""); n != 1 {
		t.Error("without a ceiling nothing is refused")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	other := start(t, bustest.Start(t), spent.Ceilings{Day: spent.Amount{Calls: 1000}})
	if err := other.For(answer.Question{Chat: chat.NewID()}).Begin(ended, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context is not a ceiling: %v", err)
	}
}

func TestOperatorsSeeWhoIsNearTheCeiling(t *testing.T) {
	t.Parallel()
	r := start(t, bustest.Start(t), spent.Ceilings{Chat: spent.Amount{Calls: 5}, Address: spent.Amount{Calls: 10}})
	marked := func() map[bus.Spender]int64 {
		l, err := r.conn.SpentOn(t.Context(), day)
		if err != nil {
			t.Error(err)
		}
		all := map[bus.Spender]int64{}
		for _, m := range l.Marked {
			all[m.Spender] = m.Spent.Calls
		}
		return all
	}
	first, here := chat.NewID(), bus.Spender{Scope: spent.Address, Of: "here"}
	r.calls(t, 5, first, "here")
	r.calls(t, 2, chat.NewID(), "here")
	if m := marked(); len(m) != 0 {
		t.Errorf("7 of 10 calls are not near: %v", m)
	}
	r.calls(t, 1, chat.NewID(), "here")
	bustest.Eventually(t, "the address to be shown", func() bool { return marked()[here] == 8 })
	r.calls(t, 1, first, "here")
	bustest.Eventually(t, "the chat that has nothing left to be shown", func() bool {
		return marked()[bus.Spender{Scope: spent.Chat, Of: string(first)}] == 5 && len(marked()) == 2
	})
}

func TestWhatIsSpentTodayIsInTheMetrics(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	ceilings := spent.Ceilings{Day: spent.Amount{Calls: 50}}
	r, other := start(t, server, ceilings), start(t, server, ceilings)
	other.calls(t, 2, chat.NewID(), "")
	r.calls(t, 1, chat.NewID(), "")
	value := func(name string) float64 {
		families, err := r.reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			if f.GetName() == name { // calls come before tokens
				return f.GetMetric()[0].GetGauge().GetValue()
			}
		}
		return -1
	}
	if n := value("parley_llm_spent_today"); n != 3 {
		t.Errorf("%v calls of all replicas", n)
	}
	if n := value("parley_llm_ceiling"); n != 50 {
		t.Errorf("the ceiling is %v", n)
	}
	r.at(noon.Add(24 * time.Hour))
	if n := value("parley_llm_spent_today"); n != 0 {
		t.Errorf("on the next day: %v", n)
	}
}
