package escalation

import (
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// sweepEvery is how far apart two sweeps are at most; half of it at least.
const sweepEvery = 4 * time.Second

// sweepUntil looks, every few seconds until the context ends, for live chats
// whose agent is gone. All replicas do: the second one to act is refused.
func (w *Worker) sweepUntil(ctx context.Context) error {
	every := min(sweepEvery, w.opts.AwayGrace)
	pause := backoff.Policy{Min: every, Max: every}
	lost := false
	for pause.Wait(ctx, 1) == nil {
		if w.conn.Ready() != nil {
			lost = true
			w.board.blind()
			continue
		}
		if lost {
			lost = false
			w.rewatch()
			continue
		}
		w.sweep(ctx)
		w.repair(ctx)
		w.board.poke() // agents lapse silently, and chats that were left are due again
	}
	return nil
}

// rewatch has the buckets read anew. It never blocks.
func (w *Worker) rewatch() {
	select {
	case w.refresh <- struct{}{}:
	default:
	}
}

func (w *Worker) sweep(ctx context.Context) {
	watched, ok := w.board.watchedSince()
	if !ok {
		return
	}
	for _, e := range w.board.live() {
		user := holder(e)
		// The grace counts from the start of the watch too, so that a restart of
		// everything does not throw all chats back.
		if !w.absent(user, latest(watched, e.Since)) || !w.confirmAbsent(ctx, user, latest(watched, e.Since)) {
			continue
		}
		_, err := w.change(ctx, e.Chat, 0, func(v view) (move, error) {
			// Perhaps the agent lost the chat and took it again meanwhile.
			if !v.State.Since.Equal(e.Since) {
				return move{}, errNothing
			}
			return move{reason: chat.AgentGone, by: *e.Agent}, nil
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

// absent reports whether the board has not seen the agent for the grace.
func (w *Worker) absent(user string, from time.Time) bool {
	return w.now().Sub(latest(from, w.board.lastSeen(user))) > w.opts.AwayGrace
}

// confirmAbsent asks the bucket itself, so that a watch that hears nothing more
// makes nobody absent. Where it can't be asked nobody is.
func (w *Worker) confirmAbsent(ctx context.Context, user string, from time.Time) bool {
	p, _, err := w.presence.Get(ctx, user)
	if errors.Is(err, bus.ErrNotFound) {
		return true
	}
	if err != nil {
		w.log.Warn().Err(err).Msg("could not ask for an agent's presence")
		w.rewatch()
		return false
	}
	now := w.now()
	if p.At.After(now) {
		p.At = now
	}
	if p.At.After(w.board.lastSeen(user)) {
		w.board.see(p, p.At, now, w.onlineFor())
	}
	if w.absent(user, from) {
		return true
	}
	w.rewatch() // the watch should have known
	return false
}

// repair projects one listed chat anew, whichever. Should an entry ever be wrong
// (a bucket restored from a backup, say) it is set right after a while.
func (w *Worker) repair(ctx context.Context) {
	id, ok := w.board.anyChat()
	if !ok {
		return
	}
	if _, err := w.project(ctx, id, 0); err != nil && ctx.Err() == nil {
		w.log.Warn().Str("chat", string(id)).Err(err).Msg("could not check an entry of the desk")
	}
}
