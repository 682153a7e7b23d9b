package telemetry

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// TraceOptions say who traces.
type TraceOptions struct {
	Role    string // "" for all in one process
	Version string
	Log     zerolog.Logger
}

// OpenTraces returns a tracer that sends its spans, in batches and from its own
// goroutine, to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names. OpenTelemetry itself
// reads that and the other OTEL_ variables. A collector that is down costs spans and a log
// line, nothing else. end sends what is left and waits for it.
func OpenTraces(ctx context.Context, opts TraceOptions) (t *Tracer, end func(), err error) {
	exporter, err := otlptracehttp.New(ctx) // does not connect yet
	if err != nil {
		return nil, nil, fmt.Errorf("set up traces: %w", err)
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(
			attribute.String("service.name", "parley-"+cmp.Or(opts.Role, "all")),
			attribute.String("service.version", opts.Version),
		),
		resource.WithHost(), resource.WithFromEnv(), // the environment takes precedence
	)
	if err != nil {
		return nil, nil, fmt.Errorf("set up traces: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	// The library has one error handler for the whole process.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		opts.Log.Warn().Err(err).Msg("traces could not be sent")
	}))
	end = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSpans)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			opts.Log.Warn().Err(err).Msg("the last traces could not be sent")
		}
	}
	return &Tracer{provider.Tracer("github.com/parley-chat/parley")}, end, nil
}

// lastSpans is how long a process that ends may take to send its last spans.
const lastSpans = 3 * time.Second
