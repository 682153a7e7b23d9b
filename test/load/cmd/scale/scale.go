package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/load/internal/check"
	"github.com/parley-chat/parley/test/load/internal/dump"
	"github.com/parley-chat/parley/test/load/internal/model"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

const (
	// patience is how long the store may take to hold all that the streams do,
	// once it no longer grows.
	patience = time.Minute
	// gathering is how long it may take until every visitor was answered once, after all
	// have arrived.
	gathering = time.Minute
	// known is how long before an overload a visitor must have arrived to count as
	// served, with something to spare.
	known = 4 * time.Second
	// step is the time between two lines of progress: longer than the model thinks, since
	// answers come in waves.
	step = 5 * time.Second
)

// look is what can be read at one moment.
type look struct {
	at     time.Time
	model  model.Stats
	counts tally.Counts
	effort effort
}

// stage is one stage as it was measured.
type stage struct {
	replicas   int
	from       int           // replicas before
	scaled     time.Duration // until as many ran
	begin, end look          // what was counted lies between
	took       []time.Duration
	changing   []time.Duration // of what was answered before that is counted
	settles    time.Duration   // until nine tenths of what was counted; below 0: not known
}

// rate is what was answered a second.
func (s stage) rate() float64 {
	return float64(len(s.took)) / s.end.at.Sub(s.begin.at).Seconds()
}

// result is what a run came to.
type result struct {
	p                plan
	stages           []stage
	counts           tally.Counts
	model            model.Stats
	loud, faults     []string
	report           check.Report
	dead             uint64
	streamed, stored int
}

func (r *result) broken() bool {
	return len(r.report.Violations) > 0 || len(r.loud) > 0 || len(r.faults) > 0 || r.dead > 0 || r.counts.Refused > 0
}

// scale is one run.
func scale(ctx context.Context, p plan) (_ *result, err error) {
	program, err := proc.Parley(ctx, p.dir)
	if err != nil {
		return nil, err
	}
	llm, err := model.Start(p.delay)
	if err != nil {
		return nil, err
	}
	defer func() { _ = llm.Close() }()
	sys := system.New(system.Options{
		Program: program, Dir: p.dir, Gateways: p.replicas(system.Gateway), Bots: p.bots(), Escalations: p.replicas(system.Escalation), Histories: p.replicas(system.Historyworker),
		NATSNodes: p.nodes, Sync: p.sync, Env: llm.Settings(),
	})
	r := &result{p: p}
	defer func() { r.faults = append(r.faults, sys.Stop()...) }()
	if err := sys.Start(ctx); err != nil {
		return nil, err
	}
	if err := r.perform(ctx, sys, llm); err != nil {
		return nil, err
	}
	if err := r.settle(ctx, sys); err != nil {
		return nil, err
	}
	fmt.Println("checking what everybody saw")
	r.report, err = check.Run(p.dir, check.Options{})
	return r, err
}

// perform makes the visitors talk through all stages. They arrive while the largest
// number of replicas runs: during an overload newcomers would be shed, and visitors who
// are being served are not.
func (r *result) perform(ctx context.Context, sys *system.System, llm *model.Server) error {
	talking, end := context.WithCancel(ctx)
	defer end()
	f := newFleet(sys, r.p.role)
	c, err := gather(talking, r.p, f.gateways)
	if err != nil {
		return err
	}
	quiet := r.p.quiet
	if err = r.stagesOf(ctx, c, f, llm); err != nil {
		quiet = 0 // nobody is left behind
	}
	limit := time.AfterFunc(quiet, end)
	defer limit.Stop()
	r.loud = c.disperse()
	r.counts, r.model = c.counts(), llm.Stats()
	if err != nil && len(r.loud) > 0 {
		return fmt.Errorf("%w; %d visitors could not go on, the first: %s", err, len(r.loud), r.loud[0])
	}
	return err
}

func (r *result) stagesOf(ctx context.Context, c *crowd, f *fleet, llm *model.Server) error {
	most := coming(r.p.visitors, r.p.delay) + gathering
	limit, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for c.served.Load() < int64(r.p.visitors) {
		if !wire.Wait(limit, 100*time.Millisecond) {
			return fmt.Errorf("%d of %d visitors were answered within %v; errors received: %s", c.served.Load(), r.p.visitors, most, words(c.counts().Errors))
		}
	}
	if !wire.Wait(ctx, known) {
		return ctx.Err()
	}
	close(c.goOn)
	fmt.Printf("%d visitors talk; the folder is %s\n", r.p.visitors, r.p.dir)
	for _, n := range r.p.stages {
		s, err := r.stage(ctx, n, c, f, llm)
		if err != nil {
			return err
		}
		r.stages = append(r.stages, s)
	}
	return nil
}

func (r *result) stage(ctx context.Context, n int, c *crowd, f *fleet, llm *model.Server) (s stage, err error) {
	s = stage{replicas: n, from: f.running()}
	began := time.Now()
	telling, told := context.WithCancel(ctx)
	defer told()
	go tell(telling, began, n, c, llm)
	if s.scaled, err = f.scale(ctx, n); err != nil {
		return s, err
	}
	wire.Wait(ctx, time.Until(began.Add(r.p.settle)))
	if s.begin, err = lookAt(c, llm); err != nil {
		return s, err
	}
	wire.Wait(ctx, time.Until(began.Add(r.p.length)))
	if s.end, err = lookAt(c, llm); err != nil {
		return s, err
	}
	s.took = c.meter.between(s.begin.at, s.end.at)
	s.changing = c.meter.between(began, s.begin.at)
	s.settles = step * time.Duration(reached(c.meter.rates(began, s.end.at, step), .9*s.rate()))
	return s, ctx.Err()
}

func lookAt(c *crowd, llm *model.Server) (look, error) {
	e, err := processors()
	return look{time.Now(), llm.Stats(), c.counts(), e}, err
}

// tell prints the progress of a stage until the context ends.
func tell(ctx context.Context, began time.Time, n int, c *crowd, llm *model.Server) {
	for i := 1; wire.Wait(ctx, time.Until(began.Add(time.Duration(i)*step))); i++ {
		rates := c.meter.rates(began.Add(time.Duration(i-1)*step), began.Add(time.Duration(i)*step), step)
		fmt.Printf("%2d replicas for %3v: %4.0f answered/s, %4d questions before the model\n", n, time.Duration(i)*step, rates[0], llm.Stats().Thinking)
	}
}

// settle waits until the store has everything, and reads streams and store.
func (r *result) settle(ctx context.Context, sys *system.System) error {
	place := dump.Place{File: sys.StoreFile()}
	_, inStreams, err := dump.AwaitStore(ctx, sys.NATSURL(), place, min(patience, r.p.quiet))
	if err != nil {
		return err
	}
	if r.streamed, err = dump.Stream(ctx, sys.NATSURL(), r.p.dir, inStreams); err != nil {
		return err
	}
	if r.stored, err = dump.Store(ctx, place, r.p.dir); err != nil {
		return err
	}
	r.dead, err = dump.Dead(ctx, sys.NATSURL())
	return err
}
