// Package workload makes many visitors and some agents talk for a while, as people and
// networks do: impatient, careless, cut off. It leaves a record of every client and
// counts what happened; whether that was right is for others to judge.
package workload

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
)

// Options says how much is done. With the same seed every visitor decides the same, if it
// receives the same.
type Options struct {
	Seed     uint64
	Visitors int           // at once; the next one comes when one has ended
	Agents   int           // 0: nobody escalates for long
	Rate     float64       // messages a second in all; 0: as fast as they are answered
	Length   time.Duration // after that nothing more is begun, and everything is brought to an end
	Pages    float64       // the probability of requesting a page after a burst; 0: .05, below: never
	Persons  float64       // the probability of requesting a person after a burst; 0: once or twice in every sixth life
	Sleepers float64       // the share that is cut off for long, early, and is hasty then; 0: one of thirty, at any time
	Patience time.Duration // how long a visitor waits for an answer before it writes again; 0: 30 s
	Quiet    time.Duration // how long that end may take; 0: ten minutes
	Teams    bool          // the agents are in teams, and pages name them; two agents at least
	Files    float64       // the share of messages with a file
	FileSize int           // of the largest, in bytes
	Signed   bool          // the site says who its visitors are, and vouches for something
	Old      bool          // replicas of an earlier version take part: nobody uses what that may not know
	Regions  bool          // gateways of several regions: until the first tab is welcomed, there is no chat that a second one could join
	Dir      string        // of the records
	Gateways func() []string
	Admin    string    // the password of the account admin, which creates the agents'
	Began    time.Time // when the run did; the records' clock
}

// Progress is what happened so far.
type Progress struct {
	Visitors tally.Counts
	Agents   tally.Counts
	Active   int // visitors who are there now
	Ended    int // visitors who have ended
	Live     int // chats of active visitors that wait for an agent or are with one
}

// Result is the result of a run.
type Result struct {
	Progress
	Samples tally.Samples // of visitors
	Agent   agent.Tally
	// Strangers is what the attackers of Attack did and got. It is in no other figure.
	Strangers tally.Counts
	// Loud names the visitors who were not quiet at the end: cut off by the limit, or
	// unable to go on. It is empty if every message is acknowledged and answered.
	Loud []string
	// Teams are all that the teams ever were.
	Teams []history.Teams
}

// Add adds another run's result.
func (r *Result) Add(o Result) {
	r.Visitors.Add(o.Visitors)
	r.Agents.Add(o.Agents)
	r.Active += o.Active
	r.Ended += o.Ended
	r.Live += o.Live
	r.Samples.Add(o.Samples)
	r.Agent.Add(o.Agent)
	r.Strangers.Add(o.Strangers)
	r.Loud = append(r.Loud, o.Loud...)
	r.Teams = append(r.Teams, o.Teams...)
}

// Workload is one run.
type Workload struct {
	o        Options
	rivals   *agent.Rivals
	partings *agent.Partings
	number   atomic.Int64 // of the last visitor
	over     atomic.Bool  // nothing more is begun
	ends     time.Time    // when that will be; set by Run before visitors come
	mu       sync.Mutex   // guards what follows
	active   map[*life]struct{}
	agents   []*agent.Agent
	keeper   *agent.Keeper // nil without teams
	gone     tally.Counts  // of visitors who have ended
	ended    int
	samples  tally.Samples
	loud     []string
	attacks  int          // of strangers
	theirs   tally.Counts // of strangers who have ended

	strangers sync.WaitGroup
}

// New returns a workload that does nothing before Run.
func New(o Options) (*Workload, error) {
	switch {
	case o.Visitors < 1 || o.Agents < 0:
		return nil, errors.New("a workload has at least one visitor")
	case o.Gateways == nil || o.Dir == "" || o.Length <= 0 || o.Rate < 0:
		return nil, errors.New("a workload needs gateways, a folder, a length and a rate")
	case o.Teams && o.Agents < 2:
		return nil, errors.New("teams need two agents")
	case o.Agents > 0 && o.Admin == "":
		return nil, errors.New("agents need the admin's password")
	}
	if o.Quiet == 0 {
		o.Quiet = 10 * time.Minute
	}
	if o.Pages == 0 {
		o.Pages = .05
	}
	if o.Patience == 0 {
		o.Patience = 30 * time.Second
	}
	if o.Began.IsZero() {
		o.Began = time.Now()
	}
	return &Workload{o: o, rivals: agent.NewRivals(agent.Patience), partings: agent.NewPartings(), active: map[*life]struct{}{}}, nil
}

// Run is New and Run.
func Run(ctx context.Context, o Options) (Result, error) {
	w, err := New(o)
	if err != nil {
		return Result{}, err
	}
	return w.Run(ctx)
}

// Run makes everybody talk for Options.Length and then brings everything to an end. It is
// called once. The result is valid even with an error, which means that the run could not
// be set up or the context ended.
func (w *Workload) Run(ctx context.Context) (Result, error) {
	stopAgents, err := w.agentsWork(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("make the agents: %w", err)
	}
	w.ends = time.Now().Add(w.o.Length)
	limit, cancel := context.WithDeadline(ctx, w.ends.Add(w.o.Quiet))
	defer cancel()
	bell := time.AfterFunc(w.o.Length, func() { w.over.Store(true) })
	defer bell.Stop()
	var wg sync.WaitGroup
	for i := range w.o.Visitors {
		wg.Go(func() { w.seat(limit, i) })
	}
	wg.Wait()
	w.noMore()
	w.strangers.Wait()
	stopAgents(limit)
	r := w.result()
	if ctx.Err() != nil {
		return r, fmt.Errorf("the workload was cut off: %w", ctx.Err())
	}
	return r, nil
}

// noMore ends the time in which something may begin.
func (w *Workload) noMore() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over.Store(true)
}

func (w *Workload) result() Result {
	r := Result{Progress: w.Progress()}
	w.mu.Lock()
	defer w.mu.Unlock()
	r.Samples = w.samples.Clone()
	r.Loud = append(r.Loud, w.loud...)
	r.Strangers = w.theirs.Clone()
	for _, a := range w.agents {
		r.Agent.Add(a.Tally())
	}
	if w.keeper != nil {
		r.Teams = w.keeper.Teams()
	}
	return r
}

// Progress returns what happened so far. It may be called at any time.
func (w *Workload) Progress() Progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := Progress{Visitors: w.gone.Clone(), Active: len(w.active), Ended: w.ended}
	for l := range w.active {
		p.Visitors.Add(l.counts())
		l.first().Look(func(s visitor.Seen) {
			if s.Status() == "waiting" || s.Status() == "live" {
				p.Live++
			}
		})
	}
	for _, a := range w.agents {
		p.Agents.Add(a.Tally().Counts)
	}
	return p
}
