package escalation

import (
	"context"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// assignUntil gives waiting chats to agents whenever the desk or who is online
// changes, until the context ends.
//
// Replicas see the same buckets and decide alike, so for one chat they agree or
// the second one is refused. While their views differ, for some milliseconds, an
// agent may be given one chat above the capacity by two of them; that is borne.
func (w *Worker) assignUntil(ctx context.Context) error {
	passed := passedOn{worker: w, known: map[chat.ID]passing{}}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.board.changed:
		}
		if _, ok := w.board.watchedSince(); !ok {
			continue
		}
		waiting := w.board.entries(chat.Waiting)
		passed.keep(waiting)
		agents := w.board.candidates(w.now(), w.onlineFor())
		for _, p := range assign(waiting, agents, w.opts.Capacity, passed.by(ctx)) {
			w.give(ctx, p)
		}
	}
}

func (w *Worker) give(ctx context.Context, p pair) {
	e, err := w.change(ctx, p.Entry.Chat, 0, func(v view) (move, error) {
		// It may have been passed on since, by the very agent.
		if v.Out != p.Entry.Seq {
			return move{}, errNothing
		}
		return move{reason: chat.Assigned, by: p.Agent}, nil
	})
	switch {
	case err == nil:
		if entry, listed := entryOf(p.Entry.Chat, bus.Snapshot{Out: e.Seq, State: *e.State}); listed {
			w.board.setDesk(entry, w.now()) // counts from now on, before the watch tells
		}
	case !refused(err):
		w.log.Warn().Str("chat", string(p.Entry.Chat)).Err(err).Msg("could not assign a chat, trying again")
	}
}

// passedOn knows for waiting chats which agent passed them on or let them wait.
// That agent is not given them again (but may take them). It belongs to one
// goroutine.
type passedOn struct {
	worker *Worker
	known  map[chat.ID]passing
}

type passing struct {
	seq  uint64 // of the change that put the chat into the queue
	user string
}

// keep forgets chats that no longer wait.
func (p passedOn) keep(waiting []bus.DeskEntry) {
	wait := make(map[chat.ID]bool, len(waiting))
	for _, e := range waiting {
		wait[e.Chat] = true
	}
	for id := range p.known {
		if !wait[id] {
			delete(p.known, id)
		}
	}
}

func (p passedOn) by(ctx context.Context) barred {
	return func(e bus.DeskEntry) (string, bool) {
		if k, ok := p.known[e.Chat]; ok && k.seq == e.Seq {
			return k.user, true
		}
		user, err := p.read(ctx, e)
		if err != nil {
			p.worker.log.Warn().Str("chat", string(e.Chat)).Err(err).Msg("could not read who passed a chat on")
			return "", false
		}
		p.known[e.Chat] = passing{e.Seq, user}
		return user, true
	}
}

// read looks at the change that put the chat into the queue.
func (p passedOn) read(ctx context.Context, e bus.DeskEntry) (string, error) {
	if e.Seq == 0 {
		return "", nil // purged: too long ago to matter
	}
	tail, err := p.worker.conn.TailPart(ctx, e.Chat, e.Seq-1, false) // the first is enough
	if err != nil {
		return "", fmt.Errorf("read change %d of chat %s: %w", e.Seq, e.Chat, err)
	}
	if len(tail.Events) > 0 && tail.Events[0].Seq == e.Seq {
		switch first := tail.Events[0]; first.Reason {
		case chat.Transferred, chat.NoAnswer:
			return first.From.User, nil
		}
	}
	return "", nil
}
