package telemetry

import (
	"context"
	"encoding/hex"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Tracer starts spans. A nil Tracer is off: it costs a comparison and allocates nothing.
type Tracer struct{ otel trace.Tracer }

// Start starts a span below that of the context, or a new trace if there is none. what and
// of make up its name; they are from a fixed set of words, never from outside.
func (t *Tracer) Start(ctx context.Context, what, of string) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	return t.start(ctx, trace.SpanKindInternal, what, of)
}

// Serve is Start for what is requested from outside: a browser's frame.
func (t *Tracer) Serve(ctx context.Context, what, of string) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	return t.start(ctx, trace.SpanKindServer, what, of)
}

// Send is Start for sending a message, and only if the context has a trace: it never
// starts a new one.
func (t *Tracer) Send(ctx context.Context, what, of string) (context.Context, Span) {
	if t == nil || !trace.SpanContextFromContext(ctx).IsSampled() {
		return ctx, Span{}
	}
	return t.start(ctx, trace.SpanKindProducer, what, of)
}

// Receive starts a span below the one that sent the message, which Carry wrote into it.
// Without that (empty, or not readable) there is none: if a frame is not traced, neither
// is what follows from it.
func (t *Tracer) Receive(ctx context.Context, carried, what, of string) (context.Context, Span) {
	if t == nil || carried == "" {
		return ctx, Span{}
	}
	from, ok := parse(carried)
	if !ok {
		return ctx, Span{}
	}
	return t.start(trace.ContextWithRemoteSpanContext(ctx, from), trace.SpanKindConsumer, what, of)
}

// Gather starts a trace for work on many messages at once, with a link to each of those
// that are traced, or none if none of them is.
func (t *Tracer) Gather(ctx context.Context, carried func(yield func(string) bool), what, of string) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	var links []trace.Link
	for c := range carried {
		if from, ok := parse(c); ok && len(links) < maxLinks {
			links = append(links, trace.Link{SpanContext: from})
		}
	}
	if len(links) == 0 {
		return ctx, Span{}
	}
	return t.start(ctx, trace.SpanKindConsumer, what, of, trace.WithLinks(links...))
}

// maxLinks limits the links of one span.
const maxLinks = 128

func (t *Tracer) start(ctx context.Context, kind trace.SpanKind, what, of string, opts ...trace.SpanStartOption) (context.Context, Span) {
	if of != "" {
		what += " " + of
	}
	ctx, s := t.otel.Start(ctx, what, append(opts, trace.WithSpanKind(kind))...)
	return ctx, Span{s}
}

// Span is a piece of work within a trace. The zero Span does nothing.
type Span struct{ otel trace.Span }

// Str adds a word: an id, a kind. Never what somebody wrote.
func (s Span) Str(key, value string) Span {
	if s.otel != nil {
		s.otel.SetAttributes(attribute.String(key, value))
	}
	return s
}

// Int adds a number.
func (s Span) Int(key string, value int64) Span {
	if s.otel != nil {
		s.otel.SetAttributes(attribute.Int64(key, value))
	}
	return s
}

// End ends the span. An error marks it as failed.
func (s Span) End(err error) {
	if s.otel == nil {
		return
	}
	if err != nil {
		s.otel.SetStatus(codes.Error, err.Error())
	}
	s.otel.End()
}

// Carry returns the span as a message carries it to its receiver: a W3C traceparent. It is
// empty if nothing is traced, or if this trace is not sampled.
func (s Span) Carry() string {
	if s.otel == nil {
		return ""
	}
	return carry(s.otel.SpanContext())
}

// Carry returns the context's span as a message carries it: see Span.Carry.
func Carry(ctx context.Context) string { return carry(trace.SpanContextFromContext(ctx)) }

// TraceOf returns the id of the trace that the context belongs to, or nothing.
func TraceOf(ctx context.Context) string {
	if c := trace.SpanContextFromContext(ctx); c.IsSampled() {
		return c.TraceID().String()
	}
	return ""
}

// TraceIn returns the id of the trace that a message carries, or nothing.
func TraceIn(carried string) string {
	if carried == "" {
		return ""
	}
	c, _ := parse(carried)
	if !c.IsValid() {
		return ""
	}
	return c.TraceID().String()
}

// A traceparent is 00-<trace>-<span>-<flags>, in hexadecimal digits.
const (
	parentLen = 55
	traceAt   = 3
	spanAt    = traceAt + 32 + 1
	flagsAt   = spanAt + 16 + 1
)

func carry(c trace.SpanContext) string {
	if !c.IsValid() || !c.IsSampled() {
		return ""
	}
	trace, span := c.TraceID(), c.SpanID()
	b := make([]byte, 0, parentLen)
	b = append(b, "00-"...)
	b = hex.AppendEncode(b, trace[:])
	b = append(b, '-')
	b = hex.AppendEncode(b, span[:])
	return string(append(b, "-01"...))
}

// parse reads what Carry wrote; false for anything else.
func parse(s string) (trace.SpanContext, bool) {
	if len(s) != parentLen || s[:traceAt] != "00-" || s[spanAt-1] != '-' || s[flagsAt-1] != '-' || s[flagsAt:] != "01" {
		return trace.SpanContext{}, false
	}
	id, err := trace.TraceIDFromHex(s[traceAt : spanAt-1])
	if err != nil {
		return trace.SpanContext{}, false
	}
	span, err := trace.SpanIDFromHex(s[spanAt : flagsAt-1])
	if err != nil {
		return trace.SpanContext{}, false
	}
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: span, TraceFlags: trace.FlagsSampled, Remote: true}), true
}
