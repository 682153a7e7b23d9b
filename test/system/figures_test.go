package system_test

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// Each figure of a conversation moves, by as much as happened.
func TestTheMetricsShowWhatHappened(t *testing.T) {
	o := observe(t)
	before := map[string]map[string]float64{}
	for role := range o.seen {
		before[role] = o.figures(role)
	}
	o.converse()
	for _, c := range []struct {
		role, name  string
		least, most float64
	}{
		{"gateway", `parley_gateway_frames_total{kind="send"}`, 5, 5},
		{"gateway", `parley_gateway_frames_total{kind="unknown"}`, 1, 1},
		{"gateway", `parley_gateway_frames_total{kind="take"}`, 1, 1},
		{"gateway", `parley_gateway_accepted_total`, 4, 4}, // the word that calls a person too
		{"gateway", `parley_gateway_store_seconds_count`, 4, 4},
		{"gateway", `parley_gateway_reply_seconds_count`, 2, 2},
		{"gateway", `parley_gateway_errors_total{code="bad_frame"}`, 1, 1},
		{"gateway", `parley_gateway_errors_total{code="too_long"}`, 1, 1},
		{"gateway", `parley_gateway_frames_written_total`, 20, 200},
		{"gateway", `parley_gateway_connections{kind="visitor"}`, 1, 1},
		{"gateway", `parley_gateway_connections{kind="agent"}`, 1, 1},
		{"gateway", `parley_bus_append_seconds_count{kind="message"}`, 3, 3},
		{"gateway", `parley_bus_append_seconds_count{kind="ask"}`, 1, 1},
		{"botworker", `parley_bot_replies_total{kind="answer"}`, 2, 2},
		{"botworker", `parley_bot_think_seconds_count{result="ok"}`, 2, 2},
		{"botworker", `parley_bot_thinking`, 0, 0},
		{"botworker", `parley_llm_seconds_count{result="ok"}`, 2, 2},
		{"botworker", `parley_llm_first_word_seconds_count`, 2, 2},
		{"botworker", `parley_llm_attempts_total{result="ok"}`, 2, 2},
		{"botworker", `parley_llm_tokens_total{kind="prompt"}`, 24, 24},
		{"botworker", `parley_llm_tokens_total{kind="answer"}`, 6, 6},
		{"botworker", `parley_bus_append_seconds_count{kind="reply"}`, 2, 2},
		{"botworker", `parley_bus_deliveries_total{consumer="bot",result="handled"}`, 6, 8},
		{"botworker", `parley_bus_handling_seconds_count{consumer="bot"}`, 6, 8},
		{"escalation", `parley_escalation_changes_total{reason="escalated"}`, 1, 1},
		{"escalation", `parley_escalation_changes_total{reason="taken"}`, 1, 1},
		{"escalation", `parley_escalation_changes_total{reason="returned"}`, 1, 1},
		{"escalation", `parley_bus_append_seconds_count{kind="state"}`, 3, 3},
		{"escalation", `parley_bus_append_seconds_count{kind="say"}`, 1, 1},
		{"escalation", `parley_bus_append_seconds_count{kind="note"}`, 2, 2},
		{"escalation", `parley_bus_call_seconds_count{call="escalation.take",result="ok"}`, 1, 1},
		{"historyworker", `parley_history_events_total`, 12, 12},
		{"historyworker", `parley_history_put_seconds_count{result="ok"}`, 1, 12},
		{"historyworker", `parley_history_batch_events_sum`, 12, 12},
		{"historyworker", `parley_bus_deliveries_total{consumer="history",result="handled"}`, 12, 12},
		{"historyworker", `parley_bus_call_seconds_count{call="history.page",result="ok"}`, 1, 10},
		{"historyworker", `parley_bus_redeliveries_total{consumer="history"}`, 0, 0},
		{"historyworker", `parley_bus_dead_letters_total{consumer="history"}`, 0, 0},
		{"historyworker", `parley_bus_connected`, 1, 1},
		{"historyworker", `parley_info{role="historyworker",version="0.0.0"}`, 1, 1},
	} {
		// What is counted after the client was answered takes a moment.
		moved := 0.0
		bustest.Eventually(t, c.name+" of "+c.role+" moves", func() bool {
			now, is := o.figures(c.role)[c.name]
			if strings.HasSuffix(c.name, "_total") || strings.Contains(c.name, "_total{") || strings.Contains(c.name, "_count") || strings.Contains(c.name, "_sum") {
				now -= before[c.role][c.name]
			}
			moved = now
			return is && now >= c.least
		})
		if moved > c.most {
			t.Errorf("%s of %s: %v, want %v to %v", c.name, c.role, moved, c.least, c.most)
		}
	}
	for name, value := range o.figures("gateway") {
		if strings.HasPrefix(name, "parley_gateway_reply_seconds_sum") && (value <= 0 || value > 20) {
			t.Errorf("two replies took %v s", value)
		}
	}
}

// The queue, as the escalation workers see it.
func TestTheMetricsShowTheQueue(t *testing.T) {
	o := observe(t)
	figure := func(name string, is func(float64) bool) {
		t.Helper()
		bustest.Eventually(t, name, func() bool {
			value, shown := o.figures("escalation")[name]
			return shown && is(value)
		})
	}
	isZero, isOne := func(v float64) bool { return v == 0 }, func(v float64) bool { return v == 1 }
	figure("parley_escalation_waiting_chats", isZero)
	figure("parley_escalation_agents_online", isZero)
	ada := talktest.Dial(t, o.url)
	chat := ada.Hello("Ada", "", 0).Chat
	ada.Say("m1", "escalate")
	figure("parley_escalation_waiting_chats", isOne)
	first := 0.0
	figure("parley_escalation_oldest_wait_seconds", func(v float64) bool { first = v; return v > 0 })
	figure("parley_escalation_oldest_wait_seconds", func(v float64) bool { return v > first })
	grace := talktest.Console(t, o.url, "admin", adminPassword)
	figure("parley_escalation_agents_online", isOne)
	grace.Do("t", "take", "id", "t1", "chat", chat)
	figure("parley_escalation_waiting_chats", isZero)
	figure("parley_escalation_live_chats", isOne)
	figure("parley_escalation_oldest_wait_seconds", isZero)
}

// The lag shows in the metrics, whoever exposes them.
func TestTheMetricsShowTheWorkersLag(t *testing.T) {
	o := observe(t)
	o.converse()
	const stream = `stream="CHAT_`
	lag := func(name, consumer string) (sum float64, shown int) {
		for key, value := range o.figures("historyworker") {
			if strings.HasPrefix(key, name+"{") && strings.Contains(key, `consumer="`+consumer+`"`) && strings.Contains(key, stream) {
				sum, shown = sum+value, shown+1
			}
		}
		return sum, shown
	}
	for _, consumer := range []string{"bot", "bot-states", "escalation", "escalation-states", "history"} {
		bustest.Eventually(t, consumer+" is shown, and done", func() bool {
			pending, n := lag("parley_consumer_pending", consumer)
			unacked, m := lag("parley_consumer_unacked", consumer)
			age, k := lag("parley_consumer_oldest_seconds", consumer)
			return n == 2 && m == 2 && k == 2 && pending+unacked+age == 0
		})
	}
	// A look may be from the middle of the conversation, with all done till then.
	var now map[string]float64
	bustest.Eventually(t, "all events are counted", func() bool {
		now = o.figures("historyworker")
		return now[`parley_stream_messages{stream="CHAT_0"}`]+now[`parley_stream_messages{stream="CHAT_1"}`] == 12
	})
	if now["parley_dead_letters"] != 0 || now[`parley_stream_copies_missing{stream="CHAT_0"}`] != 0 ||
		now[`parley_stream_bytes{stream="CHAT_0"}`]+now[`parley_stream_bytes{stream="CHAT_1"}`] < 1000 {
		t.Errorf("the streams are shown as %v", now)
	}
	bustest.Eventually(t, "the timers' lag is shown", func() bool {
		_, shown := o.figures("escalation")[`parley_consumer_pending{consumer="escalation",stream="TIMERS"}`]
		return shown
	})
}
