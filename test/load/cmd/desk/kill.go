package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// longestKill is how long after a request the process is killed, at most: about as long as the
// request takes.
const longestKill = 12 * time.Millisecond

// fate counts what became of changes during which a process was killed.
type fate struct {
	there, not         int // and nothing else
	answered, unknown  int // whether the admin was told that it is done
	half, lost, differ int // what must not be
}

// kill makes changes of the settings and of the team, by turns, and kills -9 the gateway that makes
// the change, or a NATS server, in the middle of it. Then every gateway must have the change whole,
// or none of it, and what was acknowledged must be there.
func (s *site) kill(ctx context.Context, o *outcome) error {
	r := s.f.random(7, 0)
	var all fate
	for n := range s.f.p.kills {
		victim := s.f.sys.Members(system.Gateway)[0]
		if n%4 >= 2 {
			victim = s.f.sys.Members(system.NATS)[n%len(s.f.sys.Members(system.NATS))]
		}
		if err := s.killOnce(ctx, victim, n%2 == 1, time.Duration(r.Int64N(int64(longestKill))), &all); err != nil {
			return fmt.Errorf("kill %s during a change: %w", victim, err)
		}
	}
	o.row("changes during which a gateway or NATS was killed", s.f.p.kills)
	o.row("acknowledged", all.answered)
	o.row("there afterward, whole", all.there)
	o.row("not there afterward", all.not)
	o.none("half there", all.half)
	o.none("acknowledged, and not there", all.lost)
	o.none("gateways that differ", all.differ)
	return nil
}

func (s *site) killOnce(ctx context.Context, victim string, team bool, after time.Duration, all *fate) error {
	base := s.f.sys.Gateways()[0]
	before, err := s.seen(ctx, base, team)
	if err != nil {
		return err
	}
	s.made++
	done := make(chan error, 1)
	go func() {
		if team {
			done <- s.changeTeam(ctx, base, s.made, before.revision)
		} else {
			done <- s.change(ctx, base, s.made, before.revision)
		}
	}()
	wire.Wait(ctx, after)
	if err := s.f.sys.Kill(victim); err != nil {
		return err
	}
	if victim == s.f.sys.Members(system.Gateway)[0] {
		err = <-done
		if startErr := s.f.sys.StartAgain(victim); startErr != nil {
			return startErr
		}
	} else {
		if startErr := s.f.sys.StartAgain(victim); startErr != nil {
			return startErr
		}
		err = <-done // the gateway tries until NATS is back
	}
	if err := s.f.sys.AwaitReady(ctx); err != nil {
		return err
	}
	if err == nil {
		all.answered++
	} else {
		all.unknown++
	}
	var first seen
	for i, gateway := range s.f.sys.Gateways() {
		now, readErr := s.seen(ctx, gateway, team)
		if readErr != nil {
			return readErr
		}
		if i == 0 {
			first = now
		} else if now != first {
			all.differ++
		}
	}
	switch {
	case first == s.wanted(team, before.revision):
		all.there++
	case first == before && err == nil:
		all.lost++
	case first == before:
		all.not++
	default:
		all.half++
	}
	return s.inEffect(ctx, first, team)
}

// seen is what a gateway reads of the settings or the team: everything that a change changes.
type seen struct {
	title, bot, greeting string
	name                 string // of the team
	capacity             int
	revision             uint64
}

// wanted is what the last change makes of a revision.
func (s *site) wanted(team bool, revision uint64) seen {
	if team {
		return seen{name: fmt.Sprint("Team ", s.made), capacity: capacityOf(s.made), revision: revision + 1}
	}
	return seen{title: fmt.Sprint("Title ", s.made), bot: fmt.Sprint("Bot ", s.made), greeting: fmt.Sprint("Greeting ", s.made), revision: revision + 1}
}

// seen reads it, also from a gateway that has just started.
func (s *site) seen(ctx context.Context, base string, team bool) (is seen, err error) {
	limit, cancel := context.WithTimeout(ctx, s.f.p.quiet)
	defer cancel()
	for {
		if is, err = s.once(ctx, base, team); err == nil || !wire.Wait(limit, 100*time.Millisecond) {
			return is, err
		}
	}
}

func (s *site) once(ctx context.Context, base string, team bool) (seen, error) {
	if !team {
		w, err := s.read(ctx, base)
		return seen{title: w.Settings.Title, bot: w.Settings.Bot, greeting: w.Settings.Greeting, revision: w.Revision}, err
	}
	v, err := s.readTeams(ctx, base)
	if err == nil && len(v.Teams) != 1 {
		err = fmt.Errorf("there are %d teams", len(v.Teams))
	}
	if err != nil {
		return seen{}, err
	}
	return seen{name: v.Teams[0].Name, capacity: v.Teams[0].Capacity, revision: v.Revision}, nil
}

// inEffect waits until every replica acts by what is stored.
func (s *site) inEffect(ctx context.Context, stored seen, team bool) error {
	limit, cancel := context.WithTimeout(ctx, s.f.p.quiet)
	defer cancel()
	nothing := func() error { return nil }
	if !team {
		_, err := everywhere(limit, s.f.sys.Gateways(), nothing, func(ctx context.Context, gateway string) (bool, error) { return titled(ctx, gateway, stored.title) })
		return err
	}
	s.teams = stored.capacity
	_, err := everywhere(limit, s.f.sys.Members(system.Escalation), nothing, s.places)
	return err
}
