package system_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/telemetry/telemetrytest"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// One message is one trace, through three processes: from the visitor's frame to the
// bot's reply on the visitor's socket.
func TestAMessageIsOneTraceFromItsFrameToTheReplyOnTheSocket(t *testing.T) {
	o := observe(t)
	ada := talktest.Dial(t, o.url)
	chat := ada.Hello("Ada", "", 0).Chat
	asked := ada.Say("m1", "What is "+marker+"?")
	answered := ada.Event("reply", marker).Seq

	var trace []telemetrytest.Span
	find := func(service, name string) (telemetrytest.Span, bool) {
		i := slices.IndexFunc(trace, func(s telemetrytest.Span) bool { return s.Service == "parley-"+service && s.Name == name })
		if i < 0 {
			return telemetrytest.Span{}, false
		}
		return trace[i], true
	}
	// Each with its parent; the first is the root.
	want := []struct {
		service, name, parent string
		seq                   uint64
	}{
		{"gateway", "frame send", "", 0},
		{"gateway", "append message", "frame send", asked},
		{"gateway", "deliver message", "append message", asked},
		{"botworker", "handle bot", "append message", asked},
		{"botworker", "think", "handle bot", 0},
		{"botworker", "model", "think", 0},
		{"botworker", "append reply", "handle bot", answered},
		{"gateway", "deliver reply", "append reply", answered},
	}
	bustest.Eventually(t, "all spans of the trace", func() bool {
		trace = nil
		all := o.traces.Spans()
		root := slices.IndexFunc(all, func(s telemetrytest.Span) bool { return s.Name == "frame send" })
		for _, s := range all {
			if root >= 0 && s.Trace == all[root].Trace {
				trace = append(trace, s)
			}
		}
		return !slices.ContainsFunc(want, func(w struct {
			service, name, parent string
			seq                   uint64
		}) bool {
			_, is := find(w.service, w.name)
			return !is
		})
	})
	byName := map[string]telemetrytest.Span{}
	for _, s := range trace {
		byName[s.Name] = s
	}
	for _, w := range want {
		s, _ := find(w.service, w.name)
		if s.Parent != byName[w.parent].ID {
			t.Errorf("%s is not below %q", w.name, w.parent)
		}
		if s.Failed {
			t.Errorf("%s failed: %+v", w.name, s)
		}
		if w.seq != 0 && (s.About["seq"] != int64(w.seq) || s.About["chat"] != chat) {
			t.Errorf("%s is about %v, want event %d of chat %s", w.name, s.About, w.seq, chat)
		}
	}
	if frame, shown := byName["frame send"], byName["deliver reply"]; shown.End <= frame.Begin || shown.About["to"] != "visitor" {
		t.Errorf("the trace begins with %+v and ends with %+v", frame, shown)
	}
	if m := byName["model"].About; m["model"] != "m" || m["prompt_tokens"] != int64(12) || m["answer_tokens"] != int64(3) {
		t.Errorf("the model's span is %v", m)
	}
	// The store takes many at once: a trace of its own, linked to this one.
	bustest.Eventually(t, "a batch that is linked to it", func() bool {
		return slices.ContainsFunc(o.traces.Spans(), func(s telemetrytest.Span) bool {
			return s.Service == "parley-historyworker" && s.Name == "store batch" && slices.Contains(s.Links, trace[0].Trace)
		})
	})
}

// An agent's words take the other way: a call of the escalation service.
func TestAnAgentsWordsAreOneTrace(t *testing.T) {
	o := observe(t)
	o.converse()
	bustest.Eventually(t, "the agent's words on the visitor's socket", func() bool {
		all := o.traces.Spans()
		i := slices.IndexFunc(all, func(s telemetrytest.Span) bool { return s.Name == "frame say" })
		if i < 0 {
			return false
		}
		names := map[string]bool{}
		for _, s := range all {
			if s.Trace == all[i].Trace {
				names[fmt.Sprint(s.Service, ": ", s.Name, " ", s.About["to"])] = true
			}
		}
		return names["parley-escalation: call escalation.say <nil>"] && names["parley-escalation: append say <nil>"] &&
			names["parley-gateway: deliver say visitor"] && names["parley-gateway: deliver say agent"]
	})
}
