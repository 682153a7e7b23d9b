package gateway

import (
	"context"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// traced begins the trace of a frame. What is not worth one: typing and read marks,
// which come all the time and store nothing.
func (g *Gateway) traced(ctx context.Context, kind string) (context.Context, telemetry.Span) {
	if kind == "typing" || kind == "read" {
		return ctx, telemetry.Span{}
	}
	return g.opts.Tracer.Serve(ctx, "frame", kind)
}

// delivery is the span from an event's live copy to the last byte of its frame on
// one socket, within the trace of what stored it.
func (h *hub) delivery(e chat.Event, toAgent bool) telemetry.Span {
	if h.tracer == nil || e.Trace == "" {
		return telemetry.Span{}
	}
	_, span := h.tracer.Receive(h.ctx, e.Trace, "deliver", string(e.Kind))
	to := "visitor"
	if toAgent {
		to = "agent"
	}
	return span.Str("chat", string(e.Chat)).Int("seq", int64(e.Seq)).Str("to", to)
}
