package telemetry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/telemetry"
	"github.com/parley-chat/parley/pkg/telemetry/telemetrytest"
)

func open(t *testing.T, role string) *telemetry.Tracer {
	t.Helper()
	tracer, end, err := telemetry.OpenTraces(t.Context(), telemetry.TraceOptions{Role: role, Version: "1.2.3", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return tracer
}

func TestATraceGoesOnInWhoeverIsGivenTheMessage(t *testing.T) {
	c := telemetrytest.Collect(t)
	gateway, bot := open(t, "gateway"), open(t, "botworker")
	ctx, frame := gateway.Serve(t.Context(), "frame", "send")
	_, sent := gateway.Send(ctx, "append", "message")
	carried := sent.Carry()
	sent.End(nil)
	frame.Str("chat", "abc").Int("seq", 7).End(errors.New("no"))
	_, handled := bot.Receive(context.Background(), carried, "handle", "bot")
	handled.End(nil)

	bustest.Eventually(t, "three spans", func() bool { return len(c.Spans()) == 3 })
	by := map[string]telemetrytest.Span{}
	for _, s := range c.Spans() {
		by[s.Name] = s
	}
	f, a, h := by["frame send"], by["append message"], by["handle bot"]
	if f.Service != "parley-gateway" || h.Service != "parley-botworker" {
		t.Errorf("services %q and %q", f.Service, h.Service)
	}
	if f.Trace == "" || a.Trace != f.Trace || h.Trace != f.Trace || f.Parent != "" || a.Parent != f.ID || h.Parent != a.ID {
		t.Errorf("this is not one trace: %+v %+v %+v", f, a, h)
	}
	if !f.Failed || a.Failed || f.About["chat"] != "abc" || f.About["seq"] != int64(7) {
		t.Errorf("the frame is %+v", f)
	}
	if telemetry.TraceIn(carried) != f.Trace {
		t.Errorf("%s does not name the trace %s", carried, f.Trace)
	}
}

// What is not kept is not carried, so nobody keeps half of it.
func TestAShareOfTheTracesIsWhole(t *testing.T) {
	c := telemetrytest.Collect(t)
	t.Setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
	t.Setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
	tracer := open(t, "gateway")
	const frames = 200
	kept := 0
	for range frames {
		ctx, frame := tracer.Serve(t.Context(), "frame", "send")
		_, sent := tracer.Send(ctx, "append", "message")
		_, handled := tracer.Receive(context.Background(), sent.Carry(), "handle", "bot")
		handled.End(nil)
		sent.End(nil)
		frame.End(nil)
		if telemetry.TraceOf(ctx) != "" {
			kept++
		}
	}
	if kept < frames/4 || kept > frames*3/4 {
		t.Errorf("of %d traces %d are kept", frames, kept)
	}
	bustest.Eventually(t, "three spans of each", func() bool { return len(c.Spans()) == 3*kept })
	spans := map[string]int{}
	for _, s := range c.Spans() {
		spans[s.Trace]++
	}
	for trace, n := range spans {
		if n != 3 {
			t.Errorf("of trace %s there are %d spans", trace, n)
		}
	}
}

func TestABatchIsLinkedToWhatIsInIt(t *testing.T) {
	c := telemetrytest.Collect(t)
	tracer := open(t, "historyworker")
	var carried []string
	for range 2 {
		_, frame := tracer.Serve(t.Context(), "frame", "send")
		carried = append(carried, frame.Carry())
		frame.End(nil)
	}
	_, batch := tracer.Gather(t.Context(), slices.Values(append(carried, "no trace")), "store", "batch")
	batch.End(nil)
	_, none := tracer.Gather(t.Context(), slices.Values([]string{""}), "store", "batch")
	none.End(nil)
	bustest.Eventually(t, "three spans", func() bool { return len(c.Spans()) == 3 })
	for _, s := range c.Spans() {
		if s.Name == "store batch" && (len(s.Links) != 2 || s.Links[0] != telemetry.TraceIn(carried[0])) {
			t.Errorf("linked to %v, want the traces of %v", s.Links, carried)
		}
	}
}

func TestWhatIsNoTraceparentBeginsNothing(t *testing.T) {
	telemetrytest.Collect(t)
	tracer := open(t, "botworker")
	good := "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	if _, s := tracer.Receive(t.Context(), good, "handle", "bot"); telemetry.TraceIn(s.Carry()) != "4bf92f3577b34da6a3ce929d0e0e4736" {
		t.Errorf("%s is not read", good)
	}
	for _, bad := range []string{"", "00", good[:54], good + "0", strings.ToUpper(good), strings.Replace(good, "-", "_", 1), strings.Repeat("0", 55),
		"00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"} {
		if _, s := tracer.Receive(t.Context(), bad, "handle", "bot"); s != (telemetry.Span{}) || telemetry.TraceIn(bad) != "" {
			t.Errorf("%q is taken for a traceparent", bad)
		}
	}
}

func TestATracerThatIsOffDoesNothing(t *testing.T) {
	var off *telemetry.Tracer
	if n := testing.AllocsPerRun(100, func() { oneMessage(off) }); n != 0 {
		t.Errorf("it allocates %v times", n)
	}
}

// oneMessage is all that is traced of a message.
func oneMessage(t *telemetry.Tracer) {
	ctx, frame := t.Serve(context.Background(), "frame", "send")
	_, sent := t.Send(ctx, "append", "message")
	carried := sent.Carry()
	sent.Str("chat", "abc").Int("seq", 1).End(nil)
	frame.End(nil)
	ctx, handled := t.Receive(context.Background(), carried, "handle", "bot")
	_, think := t.Start(ctx, "think", "")
	think.Str("chat", "abc").End(nil)
	_, reply := t.Send(ctx, "append", "reply")
	carried = reply.Carry()
	reply.End(nil)
	handled.End(nil)
	_, shown := t.Receive(context.Background(), carried, "deliver", "reply")
	shown.End(nil)
}

func BenchmarkAMessage(b *testing.B) {
	b.Run("off", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			oneMessage(nil)
		}
	})
	for name, share := range map[string]string{"on": "1", "of a hundredth": "0.01"} {
		b.Run(name, func(b *testing.B) {
			c := telemetrytest.Start(b)
			b.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
			b.Setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
			b.Setenv("OTEL_TRACES_SAMPLER_ARG", share)
			tracer, end, err := telemetry.OpenTraces(b.Context(), telemetry.TraceOptions{Role: "gateway", Log: zerolog.Nop()})
			if err != nil {
				b.Fatal(err)
			}
			defer end()
			b.ReportAllocs()
			for b.Loop() {
				oneMessage(tracer)
			}
		})
	}
}
