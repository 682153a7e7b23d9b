package pipeline

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// answer is what the worker says to everything.
const answer = ` {"text":"Hello! Ask me anything about Parley. If you would rather talk to a person, write escalate, and somebody comes."}`

// runWorker pulls messages, stores a reply to each, and acknowledges the message once the
// reply is stored.
func runWorker(ctx context.Context, o options) error {
	nc, err := nats.Connect(o.nats)
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := layStreams(ctx, nc, o); err != nil {
		return err
	}
	s, err := newStored(nc)
	if err != nil {
		return err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	for i := range o.streams {
		consumer, err := js.CreateOrUpdateConsumer(ctx, fmt.Sprintf("P_%d", i), jetstream.ConsumerConfig{
			Durable: "worker", FilterSubject: fmt.Sprintf("p.%d.*.in", i), AckPolicy: jetstream.AckExplicitPolicy, AckWait: 30 * time.Second, MaxAckPending: 5000,
		})
		if err != nil {
			return err
		}
		consuming, err := consumer.Consume(func(m jetstream.Msg) {
			meta, err := m.Metadata()
			if err != nil {
				return
			}
			reply := append(strconv.AppendUint(nil, meta.Sequence.Stream, 10), answer...)
			_ = s.publish(strings.TrimSuffix(m.Subject(), "in")+"out", reply, func(_ uint64, err error) {
				if err == nil {
					_ = m.Ack()
				}
			})
		}, jetstream.PullMaxMessages(1000))
		if err != nil {
			return err
		}
		defer consuming.Stop()
	}
	fmt.Println("answering")
	<-ctx.Done()
	return nil
}
