package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// pulled is a delivery of a consumer.
type pulled struct {
	*nats.Msg
	nc       *nats.Conn
	answered atomic.Bool
}

// What settles most deliveries: not to be changed.
var (
	acked      = []byte("+ACK")
	inProgress = []byte("+WPI")
)

// Ack says that the event was handled.
func (p *pulled) Ack() error { return p.settle(acked) }

// Nak gives the event back, to be delivered to any replica at once.
func (p *pulled) Nak() error { return p.settle([]byte("-NAK")) }

// NakWithDelay is Nak, to be delivered after the delay.
func (p *pulled) NakWithDelay(d time.Duration) error {
	return p.settle([]byte(`-NAK {"delay": ` + strconv.FormatInt(d.Nanoseconds(), 10) + `}`))
}

// TermWithReason says that the event must not be delivered again.
func (p *pulled) TermWithReason(reason string) error { return p.settle([]byte("+TERM " + reason)) }

// InProgress says that the event is being handled. Once that is settled it does nothing.
func (p *pulled) InProgress() error {
	if p.answered.Load() {
		return nil
	}
	return p.nc.Publish(p.Reply, inProgress)
}

func (p *pulled) settle(how []byte) error {
	if p.answered.Swap(true) {
		return jetstream.ErrMsgAlreadyAckd
	}
	return p.nc.Publish(p.Reply, how)
}

// batchRequest is the body of a pull.
type batchRequest struct {
	Batch   int           `json:"batch"`
	Expires time.Duration `json:"expires"`
	Sign    time.Duration `json:"idle_heartbeat,omitempty"`
}

// take pulls up to n deliveries, hands each to accept as it arrives, and returns how
// many arrived. It ends once all n are there, after wait, with an error if the server
// stops confirming that it knows of the pull, or with the context. After that,
// everything that this replica was given has been handed over and the server sends it
// nothing more. (If the connection is lost at that moment, deliveries lapse.)
//
// This is the only way that a durable consumer is pulled from; decision 0025 says why
// it is not one of jetstream's.
func (c *Conn) take(ctx context.Context, consumer *jetstream.ConsumerInfo, n int, wait time.Duration, accept func(*pulled)) (got int, err error) {
	ctx, cancel := context.WithTimeout(ctx, wait+pullSlack)
	defer cancel()
	messages := make(chan *nats.Msg, n+8) // with room for the server's last word
	inbox := c.nc.NewInbox()
	sub, err := c.nc.ChanSubscribe(inbox, messages)
	if err != nil {
		return 0, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	req := batchRequest{Batch: n, Expires: wait}
	if wait >= 2*pullSign { // the server refuses a heartbeat that is longer than half the wait
		req.Sign = pullSign
	}
	body, err := json.Marshal(req)
	if err != nil {
		return 0, err
	}
	if err := c.nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+consumer.Stream+"."+consumer.Name, inbox, body); err != nil {
		return 0, err
	}
	silence := time.NewTimer(2 * pullSign)
	defer silence.Stop()
	for got < n {
		select {
		case msg := <-messages:
			silence.Reset(2 * pullSign)
			event, end := statusOf(msg)
			switch {
			case event:
				got++
				accept(&pulled{Msg: msg, nc: c.nc})
			case errors.Is(end, errPullOver):
				return got, nil
			case end != nil:
				return got, end
			}
		case <-silence.C:
			return got, jetstream.ErrNoHeartbeat
		case <-ctx.Done():
			return got + c.takeRest(sub, messages, accept), nil
		}
	}
	return got, nil
}

// takeRest ends an open pull, and hands over what arrived until the server knew.
func (c *Conn) takeRest(sub *nats.Subscription, messages <-chan *nats.Msg, accept func(*pulled)) (got int) {
	if !c.nc.IsConnected() || sub.Drain() != nil || c.flush(context.Background()) != nil {
		c.log.Debug().Msg("NATS does not know yet that a pull has ended")
	}
	for {
		select {
		case msg := <-messages:
			if event, _ := statusOf(msg); event {
				got++
				accept(&pulled{Msg: msg, nc: c.nc})
			}
		default:
			return got
		}
	}
}

// errPullOver means that a pull ended as it should.
var errPullOver = errors.New("no more deliveries for now")

// statusOf distinguishes events from what the server reports on a pull: end is nil
// while the pull goes on, or how it ended.
func statusOf(msg *nats.Msg) (event bool, end error) {
	status := msg.Header.Get("Status")
	if status == "" || len(msg.Data) > 0 {
		return true, nil
	}
	switch status {
	case "100": // a sign of life
		return false, nil
	case "404", "408": // nothing there, time over
		return false, errPullOver
	case "503":
		return false, nats.ErrNoResponders
	}
	why := msg.Header.Get("Description")
	for _, end := range []struct {
		words string
		err   error
	}{{"consumer deleted", jetstream.ErrConsumerDeleted}, {"leadership change", jetstream.ErrConsumerLeadershipChanged}, {"server shutdown", jetstream.ErrServerShutdown}} {
		if strings.Contains(strings.ToLower(why), end.words) {
			return false, end.err
		}
	}
	return false, fmt.Errorf("NATS ended the pull: %s %s", status, why)
}
