package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// outcome is how an attack went.
type outcome struct {
	attack         attack
	shares         map[string]share
	loot           *loot
	before, during fared
	lasted         time.Duration
	calls          int // of the model, for others than the guests; -1 without a model
}

// lacks says what an attack needs that there is not, nothing if there is all.
func (p plan) lacks(a attack) string {
	switch {
	case p.url == "":
		return ""
	case a.runs:
		return "a Parley with " + strings.Join(a.env, ", ") + ", as it is started without -url"
	case a.pass && p.password == "":
		return "-password"
	}
	return ""
}

// play plays one attack: honest visitors alone, then beside the attack. It returns nil
// if the attack can't be played.
func (p plan) play(ctx context.Context, a attack) (o *outcome, err error) {
	if p.lacks(a) != "" {
		return nil, nil
	}
	if p.short {
		a = small(a)
	}
	a.env = append(slices.Clone(a.env), p.env...)
	t := &target{base: p.url, forwarded: p.forwarded, password: p.password}
	if p.url == "" {
		var end func() error
		if t, end, err = start(ctx, p.program, a); err != nil {
			return nil, err
		}
		defer func() {
			if died := end(); err == nil {
				err = died
			}
		}()
	}
	length := time.Duration(p.seconds) * time.Second
	o = &outcome{attack: a, loot: newLoot(), calls: -1}
	if o.shares, err = readShares(a.env); err != nil {
		return nil, err
	}
	calm := guests{n: p.guests, over: length / 5, patience: p.patience, from: func(i int) origin { return t.origin(ofGuests, i) }}
	o.before = calm.come(ctx, t)
	callsBefore := t.calls()

	began := time.Now()
	attacking, stop := context.WithCancel(ctx)
	defer stop()
	played := &assault{target: t, size: a.size, lasts: length, loot: o.loot}
	over := make(chan struct{})
	go func() {
		defer close(over)
		a.run(attacking, played)
	}()
	played.await(ctx, a.begun)
	beset := guests{n: p.guests, over: length / 3, patience: p.patience, from: func(i int) origin { return t.origin(ofGuests, 1000+i) }}
	o.during = beset.come(ctx, t)
	wire.Wait(ctx, length-time.Since(began))
	if a.whole {
		<-over
	}
	o.lasted = time.Since(began)
	if t.model != nil {
		o.calls = t.calls() - callsBefore - (o.during.came - o.during.unanswered)
	}
	stop()
	<-over
	return o, ctx.Err()
}

// calls is how many questions the model was asked so far.
func (t *target) calls() int {
	if t.model == nil {
		return 0
	}
	s := t.model.Stats()
	return s.Answered + s.Cut + s.Thinking
}

// broken says what does not hold.
func (o *outcome) broken() (faults []string) {
	if n := o.during.unanswered; n > 0 {
		faults = append(faults, fmt.Sprintf("%d of %d honest visitors are not answered", n, o.during.came))
	}
	if o.attack.share != nil {
		for _, fault := range o.attack.share(o) {
			if fault != "" {
				faults = append(faults, fault)
			}
		}
	}
	return faults
}

func (o *outcome) took() string {
	s := o.loot.String()
	if o.calls >= 0 {
		s += fmt.Sprintf(", %d model calls (%.1f a second)", o.calls, float64(o.calls)/o.lasted.Seconds())
	}
	return fmt.Sprintf("%s in %.0f s", s, o.lasted.Seconds())
}

// line is all about the attack in one line.
func (o *outcome) line() string {
	return fmt.Sprintf("%s: took %s; honest before: %v; during: %v; %s", o.attack.name, o.took(), o.before, o.during, o.verdict())
}

func (o *outcome) verdict() string {
	if faults := o.broken(); len(faults) > 0 {
		return "DOES NOT HOLD: " + strings.Join(faults, "; ")
	}
	return "holds"
}

// String is how they fared in a few words.
func (f fared) String() string {
	s := fmt.Sprintf("%d came, %d unanswered, accepted after %s, answered after %s", f.came, f.unanswered, spread(f.acks), spread(f.answers))
	if len(f.refused) > 0 {
		s += fmt.Sprintf(", told %v", f.refused)
	}
	return s
}

// spread is the median, 90 % and the longest.
func spread(all []time.Duration) string {
	return short(quantile(all, .5)) + "/" + short(quantile(all, .9)) + "/" + short(quantile(all, 1))
}

func quantile(all []time.Duration, q float64) time.Duration { return measure.Quantile(all, q) }

func short(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// table prints a line for each attack.
func table(out io.Writer, all []outcome) {
	rows := []string{"attack\ttaken\thonest: unanswered\taccepted after (median/90 %/longest): alone\tbeside the attack\tanswered after: alone\tbeside the attack\t"}
	for _, o := range all {
		rows = append(rows, strings.Join([]string{
			o.attack.name, o.took(), fmt.Sprintf("%d of %d", o.during.unanswered, o.during.came),
			spread(o.before.acks), spread(o.during.acks), spread(o.before.answers), spread(o.during.answers), o.verdict(),
		}, "\t"))
	}
	measure.Table(out, rows...)
}
