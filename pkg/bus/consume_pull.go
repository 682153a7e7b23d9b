package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// pulled is a delivery of a consumer. It is like jetstream's, which only that
// package can make.
type pulled struct {
	nc      *nats.Conn
	msg     *nats.Msg
	settled atomic.Bool
}

// Subject, Data and Headers are the event's.
func (p *pulled) Subject() string      { return p.msg.Subject }
func (p *pulled) Data() []byte         { return p.msg.Data }
func (p *pulled) Headers() nats.Header { return p.msg.Header }

// Metadata says what NATS knows of the delivery.
func (p *pulled) Metadata() (*jetstream.MsgMetadata, error) {
	m, err := p.msg.Metadata()
	if err != nil {
		return nil, err
	}
	return &jetstream.MsgMetadata{
		Sequence:     jetstream.SequencePair{Consumer: m.Sequence.Consumer, Stream: m.Sequence.Stream},
		NumDelivered: m.NumDelivered, NumPending: m.NumPending, Timestamp: m.Timestamp, Stream: m.Stream, Consumer: m.Consumer, Domain: m.Domain,
	}, nil
}

// Ack says that the event is dealt with.
func (p *pulled) Ack() error { return p.settle("+ACK") }

// Nak gives the event back: whoever pulls has it at once.
func (p *pulled) Nak() error { return p.settle("-NAK") }

// NakWithDelay is Nak, for later.
func (p *pulled) NakWithDelay(d time.Duration) error {
	return p.settle(fmt.Sprintf(`-NAK {"delay": %d}`, d.Nanoseconds()))
}

// TermWithReason says that the event shall never come again.
func (p *pulled) TermWithReason(reason string) error { return p.settle("+TERM " + reason) }

// InProgress says that the event is worked on. It says nothing of one that is settled.
func (p *pulled) InProgress() error {
	if p.settled.Load() {
		return nil
	}
	return p.nc.Publish(p.msg.Reply, []byte("+WPI"))
}

func (p *pulled) settle(how string) error {
	if p.settled.Swap(true) {
		return jetstream.ErrMsgAlreadyAckd
	}
	return p.nc.Publish(p.msg.Reply, []byte(how))
}

// nextRequest is the body of a pull.
type nextRequest struct {
	Batch   int           `json:"batch"`
	Expires time.Duration `json:"expires"`
	Sign    time.Duration `json:"idle_heartbeat"`
}

// take pulls up to n deliveries, hands each to accept as it comes, and returns how
// many came. It ends when they are there, when none more come for a while, with an
// error when the server stops telling that it knows of it, or with the context. Then
// all that this replica was given has been handed over, and the server gives it no
// more: jetstream's Fetch drops what comes as it ends, which nobody has until
// ackWait is over. Where the connection is lost just then it lapses.
func (c *Conn) take(ctx context.Context, consumer *jetstream.ConsumerInfo, n int, accept func(*pulled)) (got int, err error) {
	ctx, cancel := context.WithTimeout(ctx, pullWait)
	defer cancel()
	// Room for the server's last word, too.
	messages := make(chan *nats.Msg, n+8)
	inbox := c.nc.NewInbox()
	sub, err := c.nc.ChanSubscribe(inbox, messages)
	if err != nil {
		return 0, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	body, err := json.Marshal(nextRequest{Batch: n, Expires: pullWait - pullSlack, Sign: pullSign})
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
				accept(&pulled{nc: c.nc, msg: msg})
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

// takeRest ends a pull that is open, and hands over what came until the server knew.
func (c *Conn) takeRest(sub *nats.Subscription, messages <-chan *nats.Msg, accept func(*pulled)) (got int) {
	if !c.nc.IsConnected() || sub.Drain() != nil || c.flush(context.Background()) != nil {
		c.log.Debug().Msg("NATS does not know yet that a pull has ended")
	}
	for {
		select {
		case msg := <-messages:
			if event, _ := statusOf(msg); event {
				got++
				accept(&pulled{nc: c.nc, msg: msg})
			}
		default:
			return got
		}
	}
}

// errPullOver says that a pull has ended as it should.
var errPullOver = errors.New("no more deliveries for now")

// statusOf tells an event from what the server says of a pull: nil where that goes
// on, else how it ended.
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
