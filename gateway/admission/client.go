package admission

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/codes"
)

// TooFast refuses a frame that comes too early, with the sentence of package codes.
func TooFast(wait time.Duration) error {
	return rateLimited(codes.Sentence(codes.RateLimited), wait)
}

func rateLimited(sentence string, retry time.Duration) *frame.Refusal {
	r := frame.Refuse(codes.RateLimited, sentence)
	r.Retry = retry
	return r
}

// Client is what admission knows of one connection. Its session alone uses it, one frame
// at a time; only Control may be called at any time.
type Client struct {
	a       *Admission
	at      []limit.Level[netip.Prefix] // the address, and the networks above it
	frames  *rate.Limiter
	penalty *rate.Limiter
	reads   *reads
	counted bool // the current frame was taken off the limits
}

// Client returns the limits of a new connection from that address. account is the
// agent's whose console it is; "" for a visitor.
func (a *Admission) Client(addr netip.Addr, account string) Client {
	r := a.opts.RatePerConnection
	at := limit.AddressLevels(addr)
	return Client{
		a: a, at: at, frames: rate.NewLimiter(rate.Limit(r), burst(r)), penalty: newPenalty(r),
		reads: &reads{b: a.budgets, at: at, account: account, left: a.budgets.readsBurst},
	}
}

// Next begins the next frame.
func (c *Client) Next() { c.counted = false }

// Allow takes the current frame off the limits of the connection, and of its address or account.
func (c *Client) Allow() error {
	c.counted = true
	return c.allow()
}

func (c *Client) allow() error {
	if !c.frames.Allow() {
		r := c.frames.Reserve() // says how long to wait
		if wait := r.Delay(); wait > 0 {
			r.Cancel()
			c.a.opts.Metrics.Refused("frames-connection")
			return TooFast(wait)
		}
	}
	var wait time.Duration
	if user := c.reads.account; user != "" {
		wait = c.a.budgets.frameOf(user)
	} else {
		wait = c.a.budgets.frame(c.at)
	}
	if wait > 0 {
		return TooFast(wait)
	}
	return nil
}

// Refuse says what the client is answered whose frame met the error. It counts like
// one that was served, so that no answer is free. If the connection was refused too
// much, end is true: the connection is closed without an answer.
func (c *Client) Refuse(err error) (answer *frame.Refusal, end bool) {
	if !c.counted {
		if limited := c.Allow(); limited != nil {
			err = limited
		}
	}
	answer = frame.RefusalOf(err)
	return answer, c.penalize(penaltyOf(answer))
}

// Control charges an unsolicited control frame of the client's to its limits. It says
// whether to answer the frame, and whether there were so many that the connection must end.
func (c *Client) Control() (answer, end bool) {
	if c.allow() == nil {
		return true, false
	}
	return false, c.Drop()
}

// Drop counts a frame that is dropped without an answer. If end is true the
// connection is closed.
func (c *Client) Drop() (end bool) { return c.penalize(retryPenalty) }
