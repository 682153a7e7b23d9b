package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The subjects: p.<partition>.<chat>.in and .out, and their copies below live.
func subject(partition int, chat, leaf string) string {
	return "p." + strconv.Itoa(partition) + "." + chat + "." + leaf
}

// layLimit is how long it may take until NATS creates streams: a cluster elects a leader
// first.
const layLimit = 30 * time.Second

// layStreams creates the streams, each with the chats of one partition.
func layStreams(ctx context.Context, nc *nats.Conn, o options) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, layLimit)
	defer cancel()
	for i := range o.streams {
		stream := jetstream.StreamConfig{
			Name: fmt.Sprintf("P_%d", i), Subjects: []string{fmt.Sprintf("p.%d.>", i)}, Storage: jetstream.FileStorage, AllowDirect: true, Replicas: o.nodes,
			RePublish: &jetstream.RePublish{Source: ">", Destination: "live.>"},
		}
		if err := until(ctx, func(ctx context.Context) error { _, err := js.CreateOrUpdateStream(ctx, stream); return err }); err != nil {
			return fmt.Errorf("create stream %d: %w", i, err)
		}
	}
	return nil
}

// until repeats what does not work yet. Nobody answers while there is no leader, so each
// try has a limit.
func until(ctx context.Context, try func(context.Context) error) error {
	for {
		once, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := try(once)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// stored publishes messages and reports when the stream has acknowledged each: one inbox
// for all of them, no goroutine and no timer a message.
type stored struct {
	nc    *nats.Conn
	inbox string
	next  atomic.Uint64
	open  sync.Map // of the number in the reply's subject to a func(seq uint64, err error)
}

func newStored(nc *nats.Conn) (*stored, error) {
	s := &stored{nc: nc, inbox: nats.NewInbox() + "."}
	_, err := nc.Subscribe(s.inbox+"*", s.acknowledged)
	return s, err
}

// publish calls done once the message is stored, or refused.
func (s *stored) publish(subject string, data []byte, done func(seq uint64, err error)) error {
	n := strconv.FormatUint(s.next.Add(1), 36)
	s.open.Store(n, done)
	return s.nc.PublishRequest(subject, s.inbox+n, data)
}

func (s *stored) acknowledged(m *nats.Msg) {
	done, ok := s.open.LoadAndDelete(m.Subject[len(s.inbox):])
	if !ok {
		return
	}
	var ack struct {
		Seq   uint64          `json:"seq"`
		Error json.RawMessage `json:"error"`
	}
	// Most acknowledgements are one short object: {"stream":"P_0", "seq":42}.
	if i := bytes.Index(m.Data, []byte(`"seq":`)); i >= 0 && !bytes.Contains(m.Data, []byte(`"error"`)) {
		rest := m.Data[i+len(`"seq":`):]
		end := bytes.IndexAny(rest, ",}")
		ack.Seq, _ = strconv.ParseUint(string(bytes.TrimSpace(rest[:max(end, 0)])), 10, 64)
	} else {
		_ = json.Unmarshal(m.Data, &ack)
	}
	if ack.Seq == 0 {
		done.(func(uint64, error))(0, errors.New("not stored: "+string(m.Data)))
		return
	}
	done.(func(uint64, error))(ack.Seq, nil)
}
