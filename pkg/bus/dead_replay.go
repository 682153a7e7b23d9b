package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// replayTime limits one replay: a model may think for a minute.
	replayTime = 2 * time.Minute
	// replicaWait is how long a replay waits for a replica of the role.
	replicaWait = 5 * time.Second
)

// ErrNoReplica means that no replica of a dead letter's role is running.
var ErrNoReplica = errors.New("no replica of the role answers")

type replayRequest struct {
	Number uint64 `json:"number"`
}

type replayReply struct{}

// replayEndpoint is the call by which a role takes back what it gave up.
func replayEndpoint(role string, timer bool) Endpoint[replayRequest, replayReply] {
	if timer {
		return Endpoint[replayRequest, replayReply]{role + ".replay-timer"}
	}
	return Endpoint[replayRequest, replayReply]{role + ".replay"}
}

// Replay returns the call of a role's service that handles its dead letters again.
// consumer is the name of the role's consumer. handle is called once with the event,
// perhaps while Consume calls it with others.
func (c *Conn) Replay(consumer string, handle Handler) Handling {
	return c.replay(replayEndpoint(consumer, false), consumer, func(ctx context.Context, from origin) error {
		e, err := c.readEvent(ctx, from)
		if err != nil {
			return err
		}
		return handle(ctx, Delivery{Event: e, Tries: from.tries})
	})
}

// ReplayTimers is Replay for timers.
func (c *Conn) ReplayTimers(consumer string, handle func(context.Context, Timer) error) Handling {
	return c.replay(replayEndpoint(consumer, true), consumer, func(ctx context.Context, from origin) error {
		t, err := decodeTimer(from)
		if err != nil {
			return err
		}
		return handle(ctx, t)
	})
}

func (c *Conn) replay(ep Endpoint[replayRequest, replayReply], role string, handle func(context.Context, origin) error) Handling {
	h := Handle(ep, func(ctx context.Context, req replayRequest) (replayReply, error) {
		l, err := c.DeadLetter(ctx, req.Number)
		if errors.Is(err, ErrNotFound) || err == nil && l.Role != role {
			return replayReply{}, &Refusal{Code: codes.NotFound, Message: fmt.Sprintf("There is no dead letter %d of %s.", req.Number, role)}
		}
		if err != nil {
			return replayReply{}, err
		}
		log := func() *zerolog.Logger {
			log := c.log.With().Str("consumer", role).Str("chat", string(l.Chat)).Uint64("seq", l.Seq).Uint64("letter", l.Number).Logger()
			return &log
		}
		from := origin{stream: l.Stream, seq: l.Seq, subject: l.Subject, stored: l.Stored, data: l.Data, tries: l.Tries + 1}
		if err := safely(ctx, log, func(ctx context.Context) error { return handle(ctx, from) }); err != nil {
			log().Warn().Err(err).Msg("replay of a dead letter failed")
			return replayReply{}, &Refusal{Code: codes.Failed, Message: err.Error()}
		}
		log().Info().Msg("replayed a dead letter")
		return replayReply{}, nil // the caller removes it: workers have no permission to
	})
	h.within = replayTime
	return h
}

// ReplayDeadLetter has a replica of the role that gave an event up handle it again,
// once, and removes the dead letter if that succeeds. Otherwise it stays, and the error
// says why: ErrNotFound, ErrNoReplica, the handler's own error, or ErrUnavailable if no
// answer came; then it may have succeeded later. To replay what was handled before
// changes nothing, so it may be repeated.
func (c *Conn) ReplayDeadLetter(ctx context.Context, number uint64) error {
	l, err := c.DeadLetter(ctx, number)
	if err != nil {
		return err
	}
	if l.Role == "" {
		return errors.New(l.Reason)
	}
	ep := replayEndpoint(l.Role, isTimer(l.Subject))
	wait, cancel := context.WithTimeout(ctx, replicaWait)
	defer cancel()
	for try := 1; ; try++ {
		_, err = callWithin(ctx, c, ep, replayRequest{number}, replayTime)
		if !errors.Is(err, nats.ErrNoResponders) {
			break
		}
		if publishing.Wait(wait, try) != nil {
			return fmt.Errorf("%w (%s)", ErrNoReplica, l.Role)
		}
	}
	var no *Refusal
	if errors.As(err, &no) && no.Code == codes.NotFound {
		return fmt.Errorf("replay dead letter %d: %w", number, ErrNotFound)
	}
	if err != nil {
		return err
	}
	if err := c.DropDeadLetter(ctx, number); err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("it was replayed, but its dead letter could not be removed: %w", err)
	}
	return nil
}
