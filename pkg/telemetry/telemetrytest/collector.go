// Package telemetrytest is where a test's traces and figures end.
package telemetrytest

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Span is a span as the collector was sent it.
type Span struct {
	Service string // of the process that made it
	Name    string
	Trace   string // in hexadecimal digits, as the next two
	ID      string
	Parent  string // empty for the first of a trace
	Links   []string
	Failed  bool
	Begin   uint64 // in nanoseconds, as the next
	End     uint64
	About   map[string]any // its attributes
}

// Collector is a collector of OpenTelemetry's that keeps what it is sent.
type Collector struct {
	URL string
	t   testing.TB

	mu    sync.Mutex // guards what follows
	spans []Span
}

// Collect starts a collector that ends with the test, and has all that is traced
// from now on, in this process and those it starts, sent there without much delay.
func Collect(t *testing.T) *Collector {
	t.Helper()
	c := Start(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
	return c
}

// Start starts a collector that ends with the test.
func Start(t testing.TB) *Collector {
	c := &Collector{t: t}
	s := httptest.NewServer(http.HandlerFunc(c.take))
	t.Cleanup(s.Close)
	c.URL = s.URL
	return c
}

// Spans returns what came so far.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

func (c *Collector) take(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v1/traces" {
		c.t.Errorf("the collector is asked for %s", r.URL.Path)
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		plain, err := gzip.NewReader(r.Body)
		if err != nil {
			c.t.Error(err)
			return
		}
		body = plain
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return // the sender is gone
	}
	var req collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(data, &req); err != nil {
		c.t.Errorf("what came is no trace: %v", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, of := range req.ResourceSpans {
		service, _ := attributes(of.Resource.GetAttributes())["service.name"].(string)
		for _, scope := range of.ScopeSpans {
			for _, s := range scope.Spans {
				c.spans = append(c.spans, spanOf(service, s))
			}
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	w.WriteHeader(http.StatusOK)
}

func spanOf(service string, s *tracepb.Span) Span {
	span := Span{
		Service: service, Name: s.Name, Trace: hex.EncodeToString(s.TraceId), ID: hex.EncodeToString(s.SpanId), Parent: hex.EncodeToString(s.ParentSpanId),
		Failed: s.Status.GetCode() == tracepb.Status_STATUS_CODE_ERROR, Begin: s.StartTimeUnixNano, End: s.EndTimeUnixNano, About: attributes(s.Attributes),
	}
	for _, l := range s.Links {
		span.Links = append(span.Links, hex.EncodeToString(l.TraceId))
	}
	return span
}

func attributes(list []*common.KeyValue) map[string]any {
	all := map[string]any{}
	for _, kv := range list {
		switch v := kv.Value.GetValue().(type) {
		case *common.AnyValue_StringValue:
			all[kv.Key] = v.StringValue
		case *common.AnyValue_IntValue:
			all[kv.Key] = v.IntValue
		}
	}
	return all
}
