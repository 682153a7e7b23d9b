package bus_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/roles"
)

// everything is what an operator page expects.
var everything = bus.Expected{Services: roles.Services(), Durables: roles.Durables()}

// services returns which services answered, each as often as it did.
func services(o bus.Overview) []string {
	var names []string
	for _, r := range o.Replicas {
		names = append(names, r.Service)
	}
	return names
}

func consumerIn(o bus.Overview, name, stream string) bus.ConsumerLook {
	for _, c := range o.Consumers {
		if c.Name == name && c.Stream == stream {
			return c
		}
	}
	return bus.ConsumerLook{}
}

func TestAnOverviewShowsWhoRunsAndWhatWaits(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	for range 2 {
		worker := server.Connect("botworker")
		serve(t, worker, roles.Botworker.Service, worker.Replay("bot", func(context.Context, bus.Delivery) error { return nil }))
	}
	heaviest := []bus.Load{{Block: "192.0.2.1", Messages: 3, Bytes: 4000, Share: .5}}
	serve(t, c, roles.Gateway.Service, bus.Report(roles.Gateway.Service, func() bus.Connections { return bus.Connections{Visitors: 7, Agents: 2, Heaviest: heaviest} }))
	serve(t, c, "billing") // somebody else's
	var o bus.Overview
	bustest.Eventually(t, "all replicas answer", func() bool {
		o = c.Overview(t.Context(), everything)
		return slices.Equal(services(o), []string{"botworker", "botworker", "gateway"})
	})
	for _, r := range o.Replicas {
		if r.ID == "" || r.Version != "0.0.0" || r.Service == roles.Botworker.Service && (r.Started.IsZero() || len(r.Calls) != 1 || r.Calls[0].Name != "replay") {
			t.Errorf("a replica: %+v", r)
		}
		switch held := r.Connections; {
		case r.Service != roles.Gateway.Service && held != nil:
			t.Errorf("no gateway, and it holds %+v", *held)
		case r.Service == roles.Gateway.Service && (held == nil || !reflect.DeepEqual(*held, bus.Connections{Visitors: 7, Agents: 2, Heaviest: heaviest}) || len(r.Calls) != 0):
			t.Errorf("the gateway says %+v", r)
		}
	}
	before := time.Now()
	hold := make(chan struct{})
	consume(t, server.Connect("bot"), bus.Consumer{}, func(context.Context, bus.Delivery) error { <-hold; return nil })
	first := says(t, c, chatIn(0), "one")
	says(t, c, chatIn(0), "two")
	bustest.Eventually(t, "both are given out and wait", func() bool {
		o = c.Overview(t.Context(), everything) // what does not answer in time is missing in it
		b := consumerIn(o, "bot", "CHAT_0")
		return b.Unacked == 2 && b.Pending == 0 && b.Delivered == 2 && o.Heard && len(o.Streams) > 0
	})
	if b := consumerIn(o, "bot", "CHAT_0"); b.Oldest.Before(before.Add(-time.Second)) || b.Oldest.After(time.Now()) {
		t.Errorf("the oldest waits since %v", b.Oldest)
	}
	if b := consumerIn(o, "bot", "CHAT_1"); b.Unacked != 0 || !b.Oldest.IsZero() {
		t.Errorf("nothing was said in CHAT_1: %+v", b)
	}
	s := o.Streams[0]
	if s.Name != "CHAT_0" || !s.HoldsChats() || s.Last != first+1 || s.Messages != 2 || s.Leader != "parley" || s.Current() != 1 || s.Wanted != 1 || s.LastAt.IsZero() {
		t.Errorf("CHAT_0: %+v", s)
	}
	if !o.Reached() || !o.Heard || o.Server.Name != "parley" || o.Server.Version == "" {
		t.Errorf("the server: %+v", o.Server)
	}
	close(hold)
	bustest.Eventually(t, "nothing waits", func() bool {
		b := consumerIn(c.Overview(t.Context(), everything), "bot", "CHAT_0")
		return b.Unacked == 0 && b.Oldest.IsZero() && b.Delivered == 2
	})
}

func TestAnOverviewComesInTimeWhateverIsDown(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	server.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), bustest.Patience)
	defer cancel()
	o := c.Overview(ctx, bus.Expected{Services: roles.Services(), Durables: roles.Durables(), Replicas: []string{"somebody"}})
	if ctx.Err() != nil {
		t.Error("it came only when whoever asked had given up")
	}
	if o.Reached() || o.Heard || len(o.Streams)+len(o.Consumers)+len(o.Replicas) != 0 {
		t.Errorf("without NATS: %+v", o)
	}
	missed := map[string]bool{}
	for _, m := range o.Missing {
		if m.Err == nil || m.What == "" {
			t.Errorf("missing without a reason: %+v", m)
		}
		missed[m.Stream+m.Consumer] = true
	}
	for _, want := range []string{"CHAT_0", "CHAT_1", "TIMERS", "DEAD", "CHAT_1bot", "TIMERSescalation"} {
		if !missed[want] {
			t.Errorf("%s is not among what is missing", want)
		}
	}
}

// Replicas of one service report how much each does at once, and it is known whether there
// are none or none answers.
func TestReplicasReportTheirConcurrency(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	if list, err := c.Replicas(t.Context(), roles.Botworker.Service, nil); err != nil || len(list) != 0 {
		t.Fatalf("before there is one: %+v, %v", list, err)
	}
	running, stop := context.WithCancel(t.Context())
	var done sync.WaitGroup
	for _, places := range []int{128, 64} {
		worker := server.Connect("botworker")
		done.Go(func() {
			if err := worker.ServeWithConcurrency(running, roles.Botworker.Service, "0.0.0", places); err != nil {
				t.Error(err)
			}
		})
	}
	serve(t, server.Connect("history"), roles.Historyworker.Service)
	bustest.Eventually(t, "both answer", func() bool {
		list, err := c.Replicas(t.Context(), roles.Botworker.Service, nil)
		return err == nil && len(list) == 2 && list[0].Concurrency+list[1].Concurrency == 128+64
	})
	bustest.Eventually(t, "one that does not say answers, too", func() bool {
		list, err := c.Replicas(t.Context(), roles.Historyworker.Service, nil)
		if len(list) == 1 && list[0].Concurrency != 0 {
			t.Errorf("one that does not say: %+v", list)
		}
		return err == nil && len(list) == 1
	})
	stop()
	done.Wait()
	bustest.Eventually(t, "nobody is there", func() bool {
		list, err := c.Replicas(t.Context(), roles.Botworker.Service, []string{"one that was"})
		return err == nil && len(list) == 0
	})
	server.Stop()
	if list, err := c.Replicas(t.Context(), roles.Botworker.Service, nil); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("without NATS: %+v, %v", list, err)
	}
}
