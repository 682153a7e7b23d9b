package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// places is what the bucket says of the agents' places: docs/decisions/0059-capacity.md.
type places struct {
	mu   sync.Mutex         // guards what follows
	now  map[string][]place // by account
	gone []moved            // given back, or become others
	got  []moved            // reserved
}

// place is reserved for a chat, whose last change was seq then.
type place struct {
	Chat string `json:"chat"`
	Seq  uint64 `json:"seq"`
}

// moved is a place that was given back, or reserved.
type moved struct {
	place
	user string
	at   time.Time
}

const holds = "$KV.desk.holds."

// watchPlaces follows the places until stop is called.
func watchPlaces(ctx context.Context, natsURL string) (_ *places, stop func(), err error) {
	nc, err := nats.Connect(natsURL)
	if err != nil {
		return nil, nil, fmt.Errorf("watch the agents' places: %w", err)
	}
	p := &places{now: map[string][]place{}}
	consuming, err := follow(ctx, nc, p.see)
	if err != nil {
		nc.Close()
		return nil, nil, fmt.Errorf("watch the agents' places: %w", err)
	}
	return p, func() { consuming.Stop(); nc.Close() }, nil
}

func follow(ctx context.Context, nc *nats.Conn, see func(jetstream.Msg)) (jetstream.ConsumeContext, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	c, err := js.OrderedConsumer(ctx, "KV_desk", jetstream.OrderedConsumerConfig{FilterSubjects: []string{holds + ">"}})
	if err != nil {
		return nil, err
	}
	return c.Consume(see)
}

func (p *places) see(m jetstream.Msg) {
	meta, err := m.Metadata()
	if err != nil {
		return
	}
	var now []place
	_ = json.Unmarshal(m.Data(), &now) // a deletion has no data
	user := strings.TrimPrefix(m.Subject(), holds)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, was := range p.now[user] {
		if !has(now, was) {
			p.gone = append(p.gone, moved{was, user, meta.Timestamp})
		}
	}
	for _, is := range now {
		if !has(p.now[user], is) {
			p.got = append(p.got, moved{is, user, meta.Timestamp})
		}
	}
	p.now[user] = now
}

func has(list []place, one place) bool {
	for _, p := range list {
		if p == one {
			return true
		}
	}
	return false
}

// restTime is how long places that a crash left may take to be given back or used.
const restTime = 30 * time.Second

// rest waits until there are as many places as chats that agents have, and returns the difference
// if there is one after half a minute.
func (p *places) rest(ctx context.Context, f *floor) (left int) {
	for limit := time.Now().Add(restTime); ; {
		left = 0
		for i, account := range f.accounts {
			p.mu.Lock()
			n := len(p.now[account.User])
			p.mu.Unlock()
			if n -= len(ownOf(f.agents[i])); n != 0 {
				left += max(n, -n)
			}
		}
		if left == 0 || time.Now().After(limit) || !wire.Wait(ctx, 100*time.Millisecond) {
			return left
		}
	}
}

// parts returns what the time is made of that passes from an agent's free place to the next chat:
// until the place is given back, until one is reserved for the next chat, and until that is stored.
func (p *places) parts(l *log, f *floor) (back, reserved, stored []time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, account := range f.accounts {
		var closed, freed, again time.Time
		var chat string
		for _, c := range l.changes {
			switch {
			case c.reason == "by_agent" && c.was == account.Name:
				closed, chat = c.at, c.chat
			case c.reason == "assigned" && c.agent == account.Name && !closed.IsZero():
				freed, again = firstOf(p.gone, account.User, chat, closed), firstOf(p.got, account.User, c.chat, closed)
				if !freed.IsZero() && !again.IsZero() {
					back, reserved, stored = append(back, freed.Sub(closed)), append(reserved, again.Sub(freed)), append(stored, c.at.Sub(again))
				}
				closed = time.Time{}
			}
		}
	}
	return back, reserved, stored
}

// firstOf returns when that first happened after a time.
func firstOf(all []moved, user, chat string, after time.Time) time.Time {
	for _, one := range all {
		if one.user == user && one.Chat == chat && !one.at.Before(after) {
			return one.at
		}
	}
	return time.Time{}
}

// useless returns for each place that was given back how long it had been of no use: since a
// change of the chat after which it is not, or no longer, the agent's.
func (p *places) useless(l *log, f *floor) (took []time.Duration) {
	names, changes := map[string]string{}, map[string][]change{}
	for _, account := range f.accounts {
		names[account.User] = account.Name
	}
	for _, c := range l.changes {
		if c.agent != c.was || c.status != "live" {
			changes[c.chat] = append(changes[c.chat], c)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.gone {
		for _, c := range changes[one.Chat] {
			if c.seq > one.Seq && c.agent != names[one.user] {
				took = append(took, max(0, one.at.Sub(c.at)))
				break
			}
		}
	}
	return took
}
