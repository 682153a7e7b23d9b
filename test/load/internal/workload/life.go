package workload

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

const (
	// asleep is longer than the stream remembers ids.
	asleep = 11 * time.Minute
	// calm is how long nothing may have come before a visitor leaves.
	calm = 300 * time.Millisecond
	// pageComes is how long a visitor who leaves waits for a page.
	pageComes = 20 * time.Second
)

// life is one visitor, with all tabs.
type life struct {
	w      *Workload
	number int
	plan   plan
	r      *rand.Rand // for what the plan leaves open; the life's goroutine's own
	files  *rand.Rand // which messages have files, and what is in them; likewise
	due    time.Time  // when the next step is
	sleep  time.Time  // until when the first tab sleeps
	wg     sync.WaitGroup

	mu     sync.Mutex // guards what follows
	tabs   []*visitor.Visitor
	faults []error
}

// seat runs one visitor after the other until the workload is over.
func (w *Workload) seat(ctx context.Context, i int) {
	for first := true; !w.over.Load() && ctx.Err() == nil; first = false {
		n := int(w.number.Add(1))
		l := &life{w: w, number: n, plan: makePlan(w.o, n, w.run())}
		l.r = rand.New(rand.NewPCG(l.plan.secret, 0))
		l.files = rand.New(rand.NewPCG(l.plan.secret, 1000))
		if first { // not all at once
			wire.Wait(ctx, time.Duration(float64(w.pace())*l.r.Float64()))
		}
		err := l.live(ctx)
		w.mu.Lock()
		w.gone.Add(l.counts())
		for _, t := range l.tabs {
			w.samples.Add(t.Samples())
		}
		w.ended++
		delete(w.active, l)
		if err != nil {
			w.loud = append(w.loud, err.Error())
		}
		w.mu.Unlock()
	}
}

// run distinguishes this run's visitors from those of other runs in the same system.
func (w *Workload) run() string { return w.o.Began.UTC().Format("150405.000") }

// pace is the mean time between two messages of one visitor.
func (w *Workload) pace() time.Duration {
	if w.o.Rate <= 0 {
		return 0
	}
	return time.Duration(float64(w.o.Visitors) / w.o.Rate * float64(time.Second))
}

// live is the whole life. The error is why the visitor was not quiet at the end.
func (l *life) live(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer l.wg.Wait()
	defer cancel()
	if err := l.open(ctx); err != nil {
		return err
	}
	l.w.mu.Lock()
	l.w.active[l] = struct{}{}
	l.w.mu.Unlock()
	l.due = time.Now()
	err := l.steps(ctx)
	if err == nil {
		err = l.end(ctx)
	}
	if err == nil {
		for _, t := range l.all() {
			t.Leave()
		}
		l.wg.Wait()
	}
	cancel()
	l.wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(append([]error{err}, l.faults...)...)
}

// steps takes the steps of the plan until the workload is over.
func (l *life) steps(ctx context.Context) error {
	for _, s := range l.plan.steps {
		if l.w.over.Load() {
			return nil
		}
		if err := l.step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// open opens the next tab. The first two may connect at once with the same secret: each
// counts as the first user of the name.
func (l *life) open(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.tabs)
	rec, err := history.NewRecorder(l.w.o.Dir, fmt.Sprintf("visitor-%05d-%d", l.number, n+1), l.w.o.Began)
	if err != nil {
		return fmt.Errorf("visitor %d: %w", l.number, err)
	}
	token := visitor.Secret(rand.New(rand.NewPCG(l.plan.secret, 1)))
	if n > 0 && (l.r.IntN(2) == 0 || l.w.o.Regions) {
		token = l.tabs[0].Token()
	}
	v := visitor.New(visitor.Options{
		Name: l.plan.name, Team: l.plan.team, Tab: string(rune('a' + n)), Token: token, Recorder: rec, Gateways: l.w.o.Gateways, First: l.number + n, Header: wire.Forwarded(wire.Crowd, l.number), Sign: l.w.signer(l.plan.name, l.number),
		Rand: rand.New(rand.NewPCG(l.plan.secret, uint64(2+n))), Careless: l.plan.careless[n], Hasty: l.plan.hasty && n == 0,
	})
	l.tabs = append(l.tabs, v)
	l.wg.Go(func() {
		err := errors.Join(v.Run(ctx), rec.Close())
		if err != nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.faults = append(l.faults, err)
		}
	})
	return nil
}

func (l *life) all() []*visitor.Visitor {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*visitor.Visitor(nil), l.tabs...)
}

func (l *life) first() *visitor.Visitor { return l.all()[0] }

// tab returns a tab that is awake: the requested one, or the last one.
func (l *life) tab(n int) *visitor.Visitor {
	all := l.all()
	if n == 0 && time.Now().Before(l.sleep) {
		n = len(all) - 1
	}
	return all[min(n, len(all)-1)]
}

func (l *life) counts() tally.Counts {
	var c tally.Counts
	for _, t := range l.all() {
		c.Add(t.Counts())
	}
	return c
}

// end waits until nothing is open: everything sent is acknowledged, the bot has answered,
// the chat neither waits nor is live, and all tabs have seen the same.
func (l *life) end(ctx context.Context) error {
	for {
		for _, t := range l.all() {
			if err := t.Await(ctx, "its last acknowledgements", func(s visitor.Seen) bool { return s.Acked() && s.CaughtUp() }); err != nil {
				return err
			}
		}
		if s := l.status(); s == "waiting" || s == "live" {
			if err := l.company(ctx, step{stays: true}); err != nil {
				return err
			}
			continue
		}
		for _, t := range l.all() {
			if err := t.Await(ctx, "its last replies", func(s visitor.Seen) bool {
				return s.CaughtUp() && (s.Answered() || !botSpeaks(s.Status()))
			}); err != nil {
				return err
			}
			// A page that a slow store can't deliver breaks no promise.
			if err := l.await(ctx, pageComes, t, "its page", func(s visitor.Seen) bool { return !s.Paging() }); err != nil {
				return err
			}
		}
		if last, quiet := l.quiet(); quiet {
			if !wire.Wait(ctx, calm) {
				return fmt.Errorf("%s waits for quiet: %w", l.plan.name, ctx.Err())
			}
			if again, still := l.quiet(); still && again == last {
				return nil
			}
			continue
		}
		if !wire.Wait(ctx, calm/10) {
			return fmt.Errorf("the tabs of %s wait for what the others saw: %w", l.plan.name, ctx.Err())
		}
	}
}

// quiet reports whether nothing is open in any tab, and the last event that all
// of them have seen.
func (l *life) quiet() (last uint64, quiet bool) {
	quiet = true
	for i, t := range l.all() {
		t.Look(func(s visitor.Seen) {
			quiet = quiet && s.CaughtUp() && s.Answered() && botSpeaks(s.Status()) && (i == 0 || s.Last() == last)
			last = s.Last()
		})
	}
	return last, quiet
}

func botSpeaks(status string) bool { return status == "bot" || status == "closed" }

func (l *life) status() (status string) {
	l.tab(0).Look(func(s visitor.Seen) { status = s.Status() })
	return status
}
