package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

const (
	// settingsPeople are there for the figure of free places: one in no team, and one in a team.
	settingsPeople = 2
	// lookEvery is the time between two looks at a replica.
	lookEvery = 10 * time.Millisecond
)

// settings follows changes to every replica, and then makes some while a process is killed.
func settings(ctx context.Context, f *floor, o *outcome) error {
	ctx, cancel := context.WithTimeout(ctx, 3*f.p.quiet)
	defer cancel()
	team, err := f.makeTeam(ctx)
	if err != nil {
		return err
	}
	site := &site{f: f, team: team}
	if err := site.follow(ctx, o); err != nil {
		return err
	}
	return site.kill(ctx, o)
}

// site is what admins change.
type site struct {
	f    *floor
	team string // the id of the only team
	made int    // changes

	own, teams int // capacities, as they were set last
}

// words are the settings of the nth change: all of them change together.
func words(n int) map[string]any {
	return map[string]any{"title": fmt.Sprint("Title ", n), "bot": fmt.Sprint("Bot ", n), "greeting": fmt.Sprint("Greeting ", n)}
}

// written is an answer about the settings.
type written struct {
	Revision uint64
	Settings struct{ Title, Bot, Greeting string }
}

// version is an answer about the teams.
type version struct {
	Revision uint64
	Teams    []struct {
		ID, Name string
		Capacity int
	}
}

// makeTeam makes a team of the second agent, and returns its id.
func (f *floor) makeTeam(ctx context.Context) (string, error) {
	var v version
	err := agent.Do(ctx, http.MethodPost, f.sys.Gateways()[0], "/api/teams", f.admin, map[string]any{"revision": 0, "team": map[string]any{"name": "Team 0", "members": []string{f.accounts[1].User}, "capacity": 7}}, &v)
	if err != nil {
		return "", err
	}
	return v.Teams[0].ID, nil
}

// read reads the settings at a gateway, from the bucket.
func (s *site) read(ctx context.Context, base string) (w written, err error) {
	return w, agent.Do(ctx, http.MethodGet, base, "/api/settings", s.f.admin, nil, &w)
}

func (s *site) readTeams(ctx context.Context, base string) (v version, err error) {
	return v, agent.Do(ctx, http.MethodGet, base, "/api/teams", s.f.admin, nil, &v)
}

// change makes the nth change of all words at a gateway. It is not made again if it fails.
func (s *site) change(ctx context.Context, base string, n int, revision uint64) error {
	return agent.Do(ctx, http.MethodPut, base, "/api/settings", s.f.admin, map[string]any{"revision": revision, "settings": words(n)}, nil)
}

// changeTeam makes the nth change of the team: its name and its capacity.
func (s *site) changeTeam(ctx context.Context, base string, n int, revision uint64) error {
	team := map[string]any{"name": fmt.Sprint("Team ", n), "capacity": capacityOf(n), "members": []string{s.f.accounts[1].User}}
	return agent.Do(ctx, http.MethodPut, base, "/api/teams/"+s.team, s.f.admin, map[string]any{"revision": revision, "team": team}, nil)
}

// capacityOf is the capacity that the nth change sets.
func capacityOf(n int) int { return 10 + n }

// follow makes changes, and measures how soon each replica has them.
func (s *site) follow(ctx context.Context, o *outcome) error {
	gateways, workers := s.f.sys.Gateways(), s.f.sys.Members(system.Escalation)
	var words, teams, own []time.Duration
	s.teams = 7
	for n := 1; n <= s.f.p.changes; n++ {
		base := gateways[n%len(gateways)]
		now, err := s.read(ctx, base)
		if err != nil {
			return err
		}
		took, err := everywhere(ctx, gateways, func() error { return s.change(ctx, base, n, now.Revision) }, func(ctx context.Context, gateway string) (bool, error) {
			return titled(ctx, gateway, fmt.Sprint("Title ", n))
		})
		if err != nil {
			return fmt.Errorf("change %d of the settings: %w", n, err)
		}
		words = append(words, took...)

		v, err := s.readTeams(ctx, base)
		if err != nil {
			return err
		}
		s.teams = capacityOf(n)
		if took, err = everywhere(ctx, workers, func() error { return s.changeTeam(ctx, base, n, v.Revision) }, s.places); err != nil {
			return fmt.Errorf("change %d of the team's capacity: %w", n, err)
		}
		teams = append(teams, took...)

		s.own = 20 + n
		if took, err = everywhere(ctx, workers, func() error {
			return agent.Do(ctx, http.MethodPut, base, "/api/agents/"+s.f.accounts[0].User, s.f.admin, map[string]int{"capacity": s.own}, nil)
		}, s.places); err != nil {
			return fmt.Errorf("change %d of an agent's capacity: %w", n, err)
		}
		own = append(own, took...)
	}
	s.made = s.f.p.changes
	o.row("replicas", fmt.Sprintf("%d gateways, %d escalation workers", len(gateways), len(workers)))
	o.times("from the request to every gateway: the site's settings (goal: 1 s)", words)
	o.times("from the request to every escalation worker: a team's capacity (goal: 1 s)", teams)
	o.times("from the request to every escalation worker: an agent's own capacity (goal: 1 s)", own)
	return nil
}

// titled reports whether a gateway shows visitors that title.
func titled(ctx context.Context, gateway, title string) (bool, error) {
	var c struct{ Face struct{ Title string } }
	err := agent.Do(ctx, http.MethodGet, gateway, "/api/config", nil, nil, &c)
	return c.Face.Title == title, err
}

// places reports whether a worker counts as many free places as the capacities say that are set.
func (s *site) places(ctx context.Context, name string) (bool, error) {
	base, err := s.f.sys.Figures(name)
	if err != nil {
		return false, err
	}
	all, err := measure.Metrics(ctx, base)
	if err != nil {
		return false, err
	}
	own := s.own
	if own == 0 {
		own = s.f.p.capacity()
	}
	free, shown := all["parley_escalation_places_free"]
	return shown && int(free) == own+s.teams, nil
}

// everywhere makes a change and returns for each replica how long it took until it had it, from
// before the request on.
func everywhere(ctx context.Context, replicas []string, change func() error, has func(ctx context.Context, replica string) (bool, error)) ([]time.Duration, error) {
	took := make([]time.Duration, len(replicas))
	began := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(change)
	for i, replica := range replicas {
		g.Go(func() error {
			for {
				is, err := has(ctx, replica)
				if is {
					took[i] = time.Since(began)
					return nil
				}
				if !wire.Wait(ctx, lookEvery) {
					return fmt.Errorf("%s does not have it: %w (%w)", replica, ctx.Err(), err)
				}
			}
		})
	}
	return took, g.Wait()
}
