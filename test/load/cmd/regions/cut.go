package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/check"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/world"
)

const (
	before, cutFor, after = 15 * time.Second, time.Minute, 30 * time.Second
	// everyOne is how often each visitor writes: with three groups of ten, 30 messages a second.
	everyOne, group = time.Second, 10
)

// talker is a visitor of a group.
type talker struct {
	*visitor.Visitor
	group  string
	file   string
	record *history.Recorder
	err    error
}

// oneCut cuts two regions off from each other for a minute, while visitors write at home on both
// sides and others write in the second region in chats of the first.
func oneCut(ctx context.Context, p plan) (broken bool, err error) {
	program, err := build(ctx, p)
	if err != nil {
		return false, err
	}
	w := world.New(world.Options{Program: program, Dir: p.dir, Regions: 2, Delay: p.delay, Loss: p.loss, Each: each(p)})
	var faults []string
	stop := sync.OnceFunc(func() { faults = w.Stop() })
	defer stop()
	if err := w.Start(ctx); err != nil {
		return false, err
	}
	a, b := w.Regions[0], w.Regions[1]
	began := time.Now()
	talking, leave := context.WithCancel(ctx)
	defer leave()
	var running sync.WaitGroup
	var all []*talker
	for _, g := range []struct{ name, met, goesOn string }{{"at home in " + a.Name, a.Name, a.Name}, {"at home in " + b.Name, b.Name, b.Name}, {"in " + b.Name + ", home " + a.Name, a.Name, b.Name}} {
		for i := range group {
			t, err := newTalker(p, began, g.name, len(all), i, in(w, g.met), in(w, g.goesOn))
			if err != nil {
				return false, err
			}
			all = append(all, t)
			running.Go(func() { t.run(talking) })
		}
	}
	if !sleep(ctx, before) {
		return false, ctx.Err()
	}
	from := time.Since(began)
	fmt.Printf("cut after %v\n", from.Round(time.Second))
	for _, l := range w.Between(a, b) {
		l.Freeze()
	}
	sleep(ctx, cutFor)
	for _, l := range w.Between(a, b) {
		l.Heal()
	}
	until := time.Since(began)
	fmt.Printf("whole again after %v\n", until.Round(time.Second))
	sleep(ctx, after)
	leave()
	running.Wait()
	streamed, stored, dead, err := w.Dump(ctx, patience)
	if err != nil {
		return false, err
	}
	stop()
	report, err := check.Run(p.dir, check.Options{})
	if err != nil {
		return false, err
	}
	if err := table(p.dir, all, from, until); err != nil {
		return false, err
	}
	fmt.Printf("\n%d events in the streams, %d in the stores, %d given up on\n", streamed, stored, dead)
	for _, t := range all {
		if t.err != nil {
			faults = append(faults, t.err.Error())
		}
	}
	for _, f := range faults {
		fmt.Println("fault:", f)
	}
	report.Format(os.Stdout)
	return len(report.Violations) > 0 || len(faults) > 0 || dead > 0, nil
}

// in returns the gateways of one region.
func in(w *world.World, name string) func() []string {
	for _, r := range w.Regions {
		if r.Name == name {
			return r.Gateways
		}
	}
	return nil
}

// newTalker returns a visitor who is met in one region and then stays in another one.
func newTalker(p plan, began time.Time, group string, number, first int, met, goesOn func() []string) (*talker, error) {
	t := &talker{group: group, file: fmt.Sprintf("visitor-%05d-1", number+1)}
	rec, err := history.NewRecorder(p.dir, t.file, began)
	if err != nil {
		return nil, err
	}
	t.record = rec
	var moved sync.Once
	at := met
	t.Visitor = visitor.New(visitor.Options{
		Name: fmt.Sprintf("Ada %d", number), Recorder: rec, First: first, Rand: rand.New(rand.NewPCG(p.seed, uint64(number))),
		Gateways: func() []string {
			welcomed := false
			if t.Visitor != nil {
				t.Look(func(s visitor.Seen) { welcomed = s.Welcomed() })
			}
			if welcomed {
				moved.Do(func() { at = goesOn })
			}
			return at()
		},
	})
	return t, nil
}

// run talks until the context ends, and then until all is acknowledged and answered.
func (t *talker) run(ctx context.Context) {
	lasting, end := context.WithTimeout(context.WithoutCancel(ctx), before+cutFor+after+2*time.Minute)
	defer end()
	var visiting sync.WaitGroup
	visiting.Go(func() { t.err = t.Run(lasting) })
	defer visiting.Wait()
	err := t.Await(lasting, "a welcome", visitor.Seen.Welcomed)
	if err == nil {
		t.Switch() // to where it goes on
	}
	for n := 0; err == nil && sleep(ctx, everyOne); n++ {
		t.Send(fmt.Sprintf("What is Parley? %d", n))
	}
	err = errors.Join(err, t.Await(lasting, "its last reply", func(s visitor.Seen) bool { return s.CaughtUp() && s.Answered() }))
	t.Leave()
	visiting.Wait()
	t.err = errors.Join(t.err, err, t.record.Close())
}

// phase is a part of the run.
type phase struct {
	name        string
	from, until time.Duration
}

// table prints what became of the messages that were written before the cut, in it, and after it.
func table(dir string, all []*talker, from, until time.Duration) error {
	phases := []phase{{"before", 0, from}, {"in the cut", from, until}, {"after it", until, time.Hour}}
	rows := []string{"visitors\t\tmessages\tacknowledged in the same time\tafter: p50\tp99\tlongest\tanswered in the same time"}
	groups := []string{}
	waits := map[string][]wait{}
	for _, t := range all {
		entries, err := history.Read[history.Entry](filepath.Join(dir, history.ClientsDir, t.file+".jsonl"))
		if err != nil {
			return err
		}
		if waits[t.group] == nil {
			groups = append(groups, t.group)
		}
		waits[t.group] = append(waits[t.group], waitsOf(entries)...)
	}
	for _, g := range groups {
		for _, ph := range phases {
			var n, acked, answered int
			var took []time.Duration
			for _, w := range waits[g] {
				if w.at < ph.from || w.at >= ph.until {
					continue
				}
				n++
				took = append(took, w.acked-w.at)
				if w.acked < ph.until {
					acked++
				}
				if w.answered > 0 && w.answered < ph.until {
					answered++
				}
			}
			longest := ""
			if len(took) > 0 {
				longest = measure.Quantile(took, 1).Round(time.Millisecond).String()
			}
			rows = append(rows, fmt.Sprintf("%s\t%s\t%d\t%d\t%s ms\t%s\t%d", g, ph.name, n, acked, spread(took), longest, answered))
		}
	}
	measure.Table(os.Stdout, rows...)
	return nil
}

// wait is one message: when it was first sent, acknowledged and answered.
type wait struct{ at, acked, answered time.Duration }

func waitsOf(entries []history.Entry) (all []wait) {
	first, seqs := map[string]time.Duration{}, map[uint64]int{}
	for _, e := range entries {
		switch e.Op {
		case history.Send:
			if _, again := first[e.ID]; !again && e.What == "message" {
				first[e.ID] = e.At
			}
		case history.Ack:
			if at, ok := first[e.ID]; ok {
				seqs[e.Seq] = len(all)
				all = append(all, wait{at: at, acked: e.At})
				delete(first, e.ID)
			}
		case history.Told:
			if e.Event == nil || e.Event.Kind != "reply" {
				continue
			}
			for seq, i := range seqs {
				if seq <= e.Event.Through {
					all[i].answered = e.At
					delete(seqs, seq)
				}
			}
		}
	}
	return all
}
