package escalation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// maxTogether is how many chats one call closes; the agent may call again.
	maxTogether = 500
	// closingAtOnce is how many of them are closed at once.
	closingAtOnce = 8
)

// closeSource closes the waiting chats of one source, those that waited longest first.
// Each is closed as by the agent's own call, and only if it still waits, and still by
// that source: a chat that somebody took meanwhile goes on.
func (w *Worker) closeSource(ctx context.Context, req roles.SourceRequest) (roles.SourceReply, error) {
	if err := checkCaller(req.ID, req.Agent, req.Role, rights.Answer); err != nil {
		return roles.SourceReply{}, err
	}
	if len(req.Source) != desk.LabelLength {
		return roles.SourceReply{}, &bus.Refusal{Code: codes.NotFound, Message: "Nobody from that address is in line."}
	}
	if _, synced := w.mirror.SyncedSince(); !synced {
		return roles.SourceReply{}, fmt.Errorf("%w: the desk is not read yet", bus.ErrUnavailable)
	}
	of := w.mirror.Entries(chat.Waiting)
	of = slices.DeleteFunc(of, func(e desk.Entry) bool {
		return e.Label() != req.Source || isLater(req, e.Asked) || !w.mayClose(req, e.Team)
	})
	slices.SortFunc(of, desk.CompareWaiting)
	left := max(0, len(of)-maxTogether)
	var closed atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(closingAtOnce)
	for _, e := range of[:len(of)-left] {
		g.Go(func() error {
			done, err := w.closeWaiting(ctx, e, req)
			if done {
				closed.Add(1)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return roles.SourceReply{}, err
	}
	return roles.SourceReply{Closed: int(closed.Load()), Left: left}, nil
}

// isLater reports whether the agent did not see that the chat waits: it asked for a person
// after those who are meant.
func isLater(req roles.SourceRequest, asked time.Time) bool {
	return !req.Before.IsZero() && asked.After(req.Before)
}

// mayClose reports whether the agent may close a chat of that team: where agents read the chats of
// their own teams only, those of others are not among those that they saw.
func (w *Worker) mayClose(req roles.SourceRequest, team string) bool {
	return req.Role.May(rights.ReadAll) || w.teams.Now().MayRead(team, req.Agent.User)
}

// closeWaiting closes one chat of closeSource, and reports whether it did.
func (w *Worker) closeWaiting(ctx context.Context, e desk.Entry, req roles.SourceRequest) (bool, error) {
	changed, err := w.change(ctx, e.Chat, 0, func(v view) (transition, error) {
		if v.State.Is() != chat.Waiting || v.State.Source != e.Source || isLater(req, v.State.Asked) || !w.mayClose(req, v.State.Team()) {
			return transition{}, errNoChange
		}
		return transition{reason: chat.ByAgent, by: req.Agent, id: req.Agent.User + "/" + req.ID}, nil
	})
	switch {
	case err == nil: // does not count as waiting any more, before the bucket reports it
		w.show(e.Chat, bus.Snapshot{Out: changed.Seq, State: *changed.State})
		return true, nil
	case refused(err):
		return false, nil
	case errors.Is(err, context.Canceled): // another one of them failed: that counts
		return false, err
	}
	return false, fmt.Errorf("close chat %s with others: %w", e.Chat, err)
}
