package escalation

import (
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// defaultAwayGrace is Options.AwayGrace if that is 0.
	defaultAwayGrace = 45 * time.Second
	awayGraceText    = " lost the connection. You're back in line." // after the agent's name

	// sweepEvery is the longest time between two sweeps; half of it is the shortest.
	sweepEvery = 4 * time.Second
)

// sweepUntil looks, every few seconds until the context ends, for live chats whose
// agent is gone. All replicas do: the second one to act is refused.
func (w *Worker) sweepUntil(ctx context.Context) error {
	every := min(sweepEvery, w.opts.AwayGrace)
	pause := backoff.Policy{Min: every, Max: every}
	lost := false
	for pause.Wait(ctx, 1) == nil {
		if w.conn.Ready() != nil {
			lost = true
			w.mirror.Lost()
			continue
		}
		if lost {
			lost = false
			w.mirror.Resync()
			continue
		}
		w.sweep(ctx)
		w.sweepHolds(ctx)
		w.repair(ctx)
		w.lookIntoPlaces(ctx)
		w.mirror.Notify() // presence expires silently, and chats that were left are due again
	}
	return nil
}

func (w *Worker) sweep(ctx context.Context) {
	synced, ok := w.mirror.SyncedSince()
	if !ok {
		return
	}
	for _, e := range w.mirror.Entries(chat.Live) {
		user := e.Occupant()
		if user == "" {
			w.overdue(ctx, e)
			continue
		}
		// The grace counts from the start of the watch too, so that a restart of
		// everything does not throw all chats back.
		from := latest(synced, e.Since)
		if !w.absent(user, from) || !w.confirmAbsent(ctx, user, from) {
			continue
		}
		_, err := w.change(ctx, e.Chat, 0, func(v view) (transition, error) {
			// Perhaps the agent lost the chat and took it again meanwhile.
			if !v.State.Since.Equal(e.Since) || v.State.Asleep() {
				return transition{}, errNoChange
			}
			return transition{reason: chat.AgentGone, by: *e.Agent}, nil
		})
		if err != nil && !refused(err) {
			w.log.Warn().Str("chat", string(e.Chat)).Err(err).Msg("could not take a chat from an agent who is gone, trying again")
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// absent reports whether the mirror has not seen the agent for longer than the grace.
func (w *Worker) absent(user string, from time.Time) bool {
	return w.now().Sub(latest(from, w.mirror.LastSeen(user))) > w.opts.AwayGrace
}

// confirmAbsent asks the bucket itself, so that a watch that has gone silent makes
// nobody absent. If the bucket can't be asked nobody is.
func (w *Worker) confirmAbsent(ctx context.Context, user string, from time.Time) bool {
	p, _, err := w.presence.Get(ctx, user)
	if errors.Is(err, bus.ErrNotFound) {
		return true
	}
	if err != nil {
		w.log.Warn().Err(err).Msg("could not read an agent's presence")
		w.mirror.Resync()
		return false
	}
	p.User = user
	w.mirror.Seen(p)
	if w.absent(user, from) {
		return true
	}
	w.mirror.Resync() // the watch should have reported it
	return false
}

// repair projects one listed chat again, chosen at random. Should an entry ever be
// wrong (a bucket restored from a backup, say) it is corrected after a while.
func (w *Worker) repair(ctx context.Context) {
	id, ok := w.mirror.AnyChat()
	if !ok {
		return
	}
	if _, err := w.projectWith(ctx, id, 0, w.conn.Card); err != nil && ctx.Err() == nil {
		w.log.Warn().Str("chat", string(id)).Err(err).Msg("could not check an entry of the desk")
	}
}
