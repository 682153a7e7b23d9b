// Package dump reads all events in the streams and in the store at the end of a run,
// without Parley's help.
package dump

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/test/load/internal/history"
)

const (
	chatStreams = "CHAT_"
	deadStream  = "DEAD"

	// A request that comes while a stream has no leader is never answered. It is
	// repeated for this long.
	askLimit  = 2 * time.Second
	patience  = time.Minute
	askPeriod = 500 * time.Millisecond
)

// Stream writes every event of the chat streams into the folder's StreamFile, by stream
// and sequence, and returns how many there are. Events that arrive meanwhile may be in
// it or not. A leader that answers with fewer than least is stale,
// and is asked again.
func Stream(ctx context.Context, natsURL, dir string, least int) (n int, err error) {
	var all []history.Event
	err = withStreams(ctx, natsURL, func(js jetstream.JetStream, streams []jetstream.Stream) error {
		all = nil
		notes := openerOf(ctx, js)
		for _, s := range streams {
			events, err := readStream(ctx, s, notes)
			if err != nil {
				return fmt.Errorf("read stream %s: %w", s.CachedInfo().Config.Name, err)
			}
			all = append(all, events...)
		}
		if len(all) < least {
			return fmt.Errorf("there are %d events of %d at least", len(all), least)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("dump the streams: %w", err)
	}
	return len(all), history.Write(filepath.Join(dir, history.StreamFile), all)
}

// Dead returns the number of dead letters. Faults alone cause none.
func Dead(ctx context.Context, natsURL string) (n uint64, err error) {
	err = withJetStream(ctx, natsURL, func(js jetstream.JetStream) error {
		s, err := look(ctx, js, deadStream)
		if err == nil {
			n = s.CachedInfo().State.Msgs
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count the dead letters: %w", err)
	}
	return n, nil
}

// count returns how many events the chat streams hold.
func count(ctx context.Context, natsURL string) (n int, err error) {
	err = withStreams(ctx, natsURL, func(_ jetstream.JetStream, streams []jetstream.Stream) error {
		n = 0
		for _, s := range streams {
			n += int(s.CachedInfo().State.Msgs)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count the events in the streams: %w", err)
	}
	return n, nil
}

// withJetStream calls the function, with a new connection after each failure, until the
// patience or the context ends.
func withJetStream(ctx context.Context, natsURL string, act func(jetstream.JetStream) error) error {
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(askPeriod)
	defer tick.Stop()
	for {
		err := try(natsURL, act)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-limit.Done():
			return err
		}
	}
}

func try(natsURL string, act func(jetstream.JetStream) error) error {
	nc, err := nats.Connect(natsURL, nats.Timeout(askLimit))
	if err != nil {
		return fmt.Errorf("connect to NATS: %w", err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(askLimit))
	if err != nil {
		return fmt.Errorf("use JetStream: %w", err)
	}
	return act(js)
}

// withStreams calls the function with the chat streams, by name, as their leaders know
// them now.
func withStreams(ctx context.Context, natsURL string, act func(jetstream.JetStream, []jetstream.Stream) error) error {
	return withJetStream(ctx, natsURL, func(js jetstream.JetStream) error {
		var names []string
		once, cancel := context.WithTimeout(ctx, askLimit)
		defer cancel()
		list := js.StreamNames(once)
		for name := range list.Name() {
			if strings.HasPrefix(name, chatStreams) {
				names = append(names, name)
			}
		}
		if err := list.Err(); err != nil && !errors.Is(err, jetstream.ErrEndOfData) {
			return fmt.Errorf("list the streams: %w", err)
		}
		slices.SortFunc(names, func(a, b string) int { // CHAT_2 before CHAT_10
			if len(a) != len(b) {
				return len(a) - len(b)
			}
			return strings.Compare(a, b)
		})
		var streams []jetstream.Stream
		for _, name := range names {
			s, err := look(ctx, js, name)
			if err != nil {
				return err
			}
			streams = append(streams, s)
		}
		return act(js, streams)
	})
}

// look asks the stream's leader for it.
func look(ctx context.Context, js jetstream.JetStream, name string) (jetstream.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	s, err := js.Stream(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("look at stream %s: %w", name, err)
	}
	return s, nil
}

// readStream returns all events up to the stream's present end.
func readStream(ctx context.Context, s jetstream.Stream, notes *opener) ([]history.Event, error) {
	state := s.CachedInfo().State
	if state.Msgs == 0 {
		return nil, nil
	}
	once, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	cons, err := s.OrderedConsumer(once, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return nil, err
	}
	messages, err := cons.Messages()
	if err != nil {
		return nil, err
	}
	defer messages.Stop()
	var all []history.Event
	for {
		m, err := next(ctx, messages)
		if err != nil {
			return nil, fmt.Errorf("after %d events of %d: %w", len(all), state.Msgs, err)
		}
		meta, err := m.Metadata()
		if err != nil {
			return nil, err
		}
		e, err := notes.decode(m.Subject(), m.Data(), meta.Sequence.Stream, meta.Timestamp)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		if meta.Sequence.Stream >= state.LastSeq || meta.NumPending == 0 {
			return all, nil
		}
	}
}

// next returns the next message, if it comes before long.
func next(ctx context.Context, messages jetstream.MessagesContext) (jetstream.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*askLimit)
	defer cancel()
	return messages.Next(jetstream.NextContext(ctx))
}

// decode reads an event as the stream keeps it: chat.<p>.<id>.… or note.<p>.<id>.
func (o *opener) decode(subject string, data []byte, seq uint64, at time.Time) (history.Event, error) {
	parts := strings.Split(subject, ".")
	if len(parts) < 3 {
		return history.Event{}, fmt.Errorf("event %d has the subject %q, which names no chat", seq, subject)
	}
	var e stored
	if err := json.Unmarshal(data, &e); err != nil {
		return history.Event{}, fmt.Errorf("event %d of chat %s: %w", seq, parts[2], err)
	}
	if e.Sealed != nil {
		text, err := o.open(parts[2], e)
		if err != nil {
			return history.Event{}, fmt.Errorf("open note %d of chat %s: %w", seq, parts[2], err)
		}
		e.Text = text
	}
	return e.flat(parts[2], seq, at), nil
}
