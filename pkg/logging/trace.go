package logging

import (
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/telemetry"
)

// traces adds the trace's id to log lines that have the context of a trace.
type traces struct{}

// Run implements zerolog.Hook.
func (traces) Run(e *zerolog.Event, _ zerolog.Level, _ string) {
	if id := telemetry.TraceOf(e.GetCtx()); id != "" {
		e.Str("trace", id)
	}
}
