package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// traceHeader carries a trace from whoever stores an event, or makes a call, to whoever
// receives it: a W3C traceparent, as other tools that read NATS expect it.
const traceHeader = "traceparent"

// appending is an append that is traced and measured.
type appending struct {
	conn  *Conn
	kind  string
	began time.Time
	span  telemetry.Span
}

// beginAppend starts to trace and measure an append, and adds the trace to the message.
func (c *Conn) beginAppend(ctx context.Context, e chat.Event, a *pending) {
	a.appending = appending{conn: c, kind: string(e.Kind), began: time.Now()}
	_, a.span = c.opts.Tracer.Send(ctx, "append", a.kind)
	if carried := a.span.Carry(); carried != "" {
		a.set(traceHeader, carried)
		a.span.Str("chat", string(e.Chat)).Str("messaging.system", "nats").Str("messaging.destination.name", c.streamName(e.Chat))
	}
}

// again measures the next try of an append that was ended: its time counts from the first.
func (a appending) again() appending { return appending{conn: a.conn, kind: a.kind, began: a.began} }

// end of the zero value, an append that is not measured, does nothing.
func (a appending) end(s Stored, err error) {
	switch {
	case a.conn == nil:
		return
	case err == nil:
		a.conn.metrics.appends.WithLabelValues(a.kind).Observe(time.Since(a.began).Seconds())
		a.span.Int("seq", int64(s.Seq))
	case errors.Is(err, ErrConflict):
		a.conn.metrics.conflicts.WithLabelValues(a.kind).Inc()
	default:
		a.conn.metrics.failed.WithLabelValues(a.kind).Inc()
	}
	a.span.End(err)
}

// watchedBy runs a consumer's handler within the trace of the event, and measures how long
// it takes.
func (c *Conn) watchedBy(what, consumer string, handle Handler) Handler {
	handling := c.metrics.handling.WithLabelValues(consumer)
	return func(ctx context.Context, d Delivery) error {
		began := time.Now()
		ctx, span := c.opts.Tracer.Receive(ctx, d.Event.Trace, what, consumer)
		span.Str("chat", string(d.Event.Chat)).Int("seq", int64(d.Event.Seq)).Str("kind", string(d.Event.Kind)).Int("deliveries", int64(d.Tries))
		ended := errPanic // unless it returns
		defer func() {
			handling.Observe(time.Since(began).Seconds())
			span.End(ended)
		}()
		ended = handle(ctx, d)
		return ended
	}
}

// watchedTimer is the same for timers. What a timer causes is a new trace.
func (c *Conn) watchedTimer(consumer string, handle func(context.Context, Timer) error) func(context.Context, Timer) error {
	return func(ctx context.Context, t Timer) error {
		ctx, span := c.opts.Tracer.Start(ctx, "timer", t.Kind)
		span.Str("chat", string(t.Chat)).Int("seq", int64(t.Seq))
		ended := errPanic
		defer func() { span.End(ended) }()
		defer c.metrics.handled(consumer, time.Now())
		ended = handle(ctx, t)
		return ended
	}
}

// callMessage is a call with the trace that it is made in, if there is one.
func callMessage(ctx context.Context, subject Subject, body []byte) *nats.Msg {
	msg := &nats.Msg{Subject: string(subject), Data: body}
	if carried := telemetry.Carry(ctx); carried != "" {
		msg.Header = nats.Header{traceHeader: []string{carried}}
	}
	return msg
}
