package main

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
)

// press is one press on "take".
type press struct {
	agent int
	chat  string
	got   agent.Answer
	err   error
}

// mostRounds is how often everybody presses: again on what nobody got, as people do. One chat may
// be left if the place that was reserved for it was of use elsewhere.
const mostRounds = 10

// take has everybody press "take" on everything at once.
func take(ctx context.Context, f *floor, o *outcome) error {
	ctx, cancel := context.WithTimeout(ctx, 3*f.p.quiet)
	defer cancel()
	if err := f.come(ctx, f.p.chats); err != nil {
		return err
	}
	var all []press
	began, rounds := time.Now(), 0
	var given time.Duration
	done := make(chan error, 1)
	watching, enough := context.WithCancel(ctx)
	defer enough()
	go func() { // the screen of one of them tells when nobody waits any more
		err := f.agents[0].Await(watching, "an empty line", func(s agent.Seen) bool { return s.Count("waiting") == 0 })
		given = time.Since(began)
		done <- err
	}()
	left := f.chats()
	for ; len(left) > 0 && rounds < mostRounds; rounds++ {
		all = append(all, f.press(ctx, left)...)
		left = notWon(left, all)
	}
	answered := time.Since(began)
	if len(left) > 0 { // which the count says
		enough()
	}
	if err := <-done; err != nil && len(left) == 0 {
		return err
	}
	o.capacity = f.p.capacity()
	o.row("takes pressed", len(all))
	o.row("rounds", rounds)
	o.row("time until all are given", rounded(given))
	o.row("time until every press is answered", rounded(answered))
	o.counts = append(o.counts, func(l *log) { o.told(f, all, l); o.held(l, f.p.chats) })
	return nil
}

// press has every agent press "take" on all these chats, each in an order of their own. It returns
// when all are answered.
func (f *floor) press(ctx context.Context, chats []string) []press {
	var wg sync.WaitGroup
	presses := make([]press, len(f.agents)*len(chats))
	for i, a := range f.agents {
		for n, at := range f.random(3, i).Perm(len(chats)) {
			one := &presses[i*len(chats)+n]
			one.agent, one.chat = i, chats[at]
			wg.Go(func() { one.got, one.err = a.Call(ctx, "take", one.chat, "") })
		}
	}
	wg.Wait()
	return presses
}

// notWon returns the chats that nobody got.
func notWon(chats []string, all []press) (left []string) {
	won := map[string]bool{}
	for _, one := range all {
		won[one.chat] = won[one.chat] || one.err == nil && one.got.Code == ""
	}
	for _, id := range chats {
		if !won[id] {
			left = append(left, id)
		}
	}
	return left
}

// told counts what those who pressed were told.
func (o *outcome) told(f *floor, all []press, l *log) {
	var won, who, enough, other int
	first, twice := l.first(), map[string]int{}
	for _, one := range all {
		switch name := first[one.chat]; {
		case one.err != nil:
			other++
			o.breaks("a press was never answered: %v", one.err)
		case one.got.Code == "":
			won++
			twice[one.chat]++
		case one.got.Code == "taken" && (strings.HasPrefix(one.got.Says, name+" took this chat") || one.got.Says == name+" has this chat."):
			who++
		case one.got.Code == "at_capacity" && strings.HasPrefix(one.got.Says, "You already have "):
			enough++
		default:
			other++
			if other <= 3 {
				o.breaks("%s pressed \"take\" on a chat of %s, and read %q (%s)", f.accounts[one.agent].Name, name, one.got.Says, one.got.Code)
			}
		}
	}
	both := 0
	for _, n := range twice {
		if n > 1 {
			both++
		}
	}
	o.row("won", won)
	o.row("told who has it", who)
	o.row("told that they have enough", enough)
	o.none("told anything else", other)
	o.none("chats that two were told they have", both)
}

// held counts who had what, by the log. All of so many chats must have been given; 0: some wait.
func (o *outcome) held(l *log, chats int) {
	h := l.held(o.capacity)
	most := 0
	for _, n := range h.most {
		most = max(most, n)
	}
	o.row("chats given", h.given)
	o.row("by the log, from the first to the last", rounded(h.to.Sub(h.from)))
	o.row("most chats of one agent at once", most)
	o.row("may have", o.capacity)
	o.none("above capacity", h.above)
	o.none("chats with two agents", h.twice)
	if left := chats - len(l.first()); chats > 0 && left != 0 {
		o.none("chats that nobody got", left)
	}
}
