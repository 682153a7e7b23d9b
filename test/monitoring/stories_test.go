package monitoring

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/roles"
)

// looks is the length of a story: a little more than half an hour.
const looks = 150

// scrapes are the two ways in which metrics are scraped: Kubernetes adds a namespace to
// all of them, compose does not.
var scrapes = map[string]string{"kubernetes": `namespace="parley",`, "compose": ""}

// healthy is a Parley with two replicas per role in which all is well, although its
// counters still hold earlier failures. ~ stands for the labels that the scrape adds.
func healthy() string {
	var b strings.Builder
	for _, r := range roles.All() {
		role := r.Name
		for _, replica := range []string{"0", "1"} {
			is := `~job="` + role + `",instance="` + role + "-" + replica + `"`
			b.WriteString(strings.NewReplacer("@", is, "ROLE", role).Replace(`
				up{@} 1x150
				parley_info{@,role="ROLE",version="0.1.0"} 1x150
				parley_bus_connected{@} 1x150
				process_start_time_seconds{@} 1000x150
				parley_bus_append_seconds_count{@,kind="message"} 0+30x150
				parley_bus_append_failures_total{@,kind="message"} 3x150
			`))
		}
	}
	for _, replica := range []string{"0", "1"} {
		b.WriteString(strings.ReplaceAll(`
			up{@} 1x150
			parley_info{@,role="web",version="0.1.0"} 1x150
			process_start_time_seconds{@} 1000x150
			parley_web_answers_total{@,answer="sent"} 0+30x150
			parley_web_answers_total{@,answer="stray"} 3x150
			parley_web_face_failures_total{@} 2x150
		`, "@", `~job="web",instance="web-`+replica+`"`))
	}
	b.WriteString(`
		parley_gateway_frames_total{~job="gateway",instance="gateway-0",kind="send"} 0+60x150
		parley_gateway_errors_total{~job="gateway",instance="gateway-0",code="unavailable"} 3x150
		parley_gateway_turned_away_total{~job="gateway",instance="gateway-0",why="backlog"} 2x150
		parley_gateway_reply_seconds_bucket{~job="gateway",instance="gateway-0",le="10"} 0+15x150
		parley_gateway_reply_seconds_bucket{~job="gateway",instance="gateway-0",le="30"} 0+15x150
		parley_gateway_reply_seconds_bucket{~job="gateway",instance="gateway-0",le="+Inf"} 0+15x150
		parley_gateway_reply_seconds_count{~job="gateway",instance="gateway-0"} 0+15x150
		parley_gateway_store_seconds_bucket{~job="gateway",instance="gateway-0",le="0.25"} 0+15x150
		parley_gateway_store_seconds_bucket{~job="gateway",instance="gateway-0",le="1"} 0+15x150
		parley_gateway_store_seconds_bucket{~job="gateway",instance="gateway-0",le="5"} 0+15x150
		parley_gateway_store_seconds_bucket{~job="gateway",instance="gateway-0",le="+Inf"} 0+15x150
		parley_gateway_store_seconds_count{~job="gateway",instance="gateway-0"} 0+15x150
		parley_bus_deliveries_total{~job="botworker",instance="botworker-0",consumer="bot",result="handled"} 0+30x150
		parley_bus_deliveries_total{~job="botworker",instance="botworker-0",consumer="bot",result="failed"} 4x150
		parley_bus_redeliveries_total{~job="botworker",instance="botworker-0",consumer="bot"} 4x150
		parley_llm_seconds_count{~job="botworker",instance="botworker-0",result="ok"} 0+15x150
		parley_llm_seconds_count{~job="botworker",instance="botworker-0",result="failed"} 1x150
		parley_escalation_waiting_chats{~job="escalation",instance="escalation-0"} 1x150
		parley_escalation_oldest_wait_seconds{~job="escalation",instance="escalation-0"} 40x150
		parley_escalation_unserved_chats{~job="escalation",instance="escalation-0"} 0x150
		parley_history_put_seconds_count{~job="historyworker",instance="historyworker-0",result="ok"} 0+15x150
		parley_history_put_seconds_count{~job="historyworker",instance="historyworker-0",result="failed"} 2x150
		parley_bus_call_seconds_count{~job="historyworker",instance="historyworker-0",call="history.page",result="ok"} 0+30x150
		parley_bus_call_seconds_count{~job="historyworker",instance="historyworker-0",call="history.page",result="failed"} 1x150
		parley_dead_letters{~job="historyworker",instance="historyworker-0"} 0x150
		kubelet_volume_stats_available_bytes{namespace="parley",persistentvolumeclaim="data-nats-0"} 6e9x150
		kubelet_volume_stats_capacity_bytes{namespace="parley",persistentvolumeclaim="data-nats-0"} 1e10x150
	`)
	for _, stream := range []string{"CHAT_0", "CHAT_1"} {
		for _, consumer := range []string{"bot", "bot-states", "escalation", "escalation-states", "history"} {
			b.WriteString(strings.NewReplacer("STREAM", stream, "CONSUMER", consumer).Replace(`
				parley_consumer_pending{~job="historyworker",instance="historyworker-0",consumer="CONSUMER",stream="STREAM"} 3x150
				parley_consumer_oldest_seconds{~job="historyworker",instance="historyworker-0",consumer="CONSUMER",stream="STREAM"} 1x150
			`))
		}
		b.WriteString(strings.ReplaceAll(`
				parley_stream_copies_missing{~job="historyworker",instance="historyworker-0",stream="STREAM"} 0x150
		`, "STREAM", stream))
	}
	return b.String()
}

// tell returns the healthy system's history with a story's differences.
func tell(t testing.TB, scrape, different string) history {
	t.Helper()
	h, err := remember(strings.ReplaceAll(healthy()+different, "~", scrape))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAHealthySystemIsQuiet(t *testing.T) {
	alerts, err := readAlerts(read(t, "k8s/monitoring/rules/parley.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, scrape := range scrapes {
		for _, f := range judge(t, alerts, tell(t, scrape, ""), looks) {
			t.Errorf("%s: %s %s after %v: %q", name, f.alert, f.labels, f.first, f.says)
		}
	}
}

// renewal is a rollout of a new version: on Kubernetes a new replica is there before an
// old one goes; NATS' nodes restart one after another, and each takes 90 s to catch up.
const renewal = `
	up{~job="gateway",instance="gateway-0"} 1x20 stale
	up{~job="gateway",instance="gateway-2"} _x19 1x130
	parley_info{~job="gateway",instance="gateway-0",role="gateway",version="0.1.0"} 1x20 stale
	parley_info{~job="gateway",instance="gateway-2",role="gateway",version="0.2.0"} _x19 1x130
	parley_bus_connected{~job="gateway",instance="gateway-0"} 1x20 stale
	parley_bus_connected{~job="gateway",instance="gateway-2"} _x21 1x130
	process_start_time_seconds{~job="gateway",instance="gateway-0"} 1000x20 stale
	process_start_time_seconds{~job="gateway",instance="gateway-2"} _x19 1300x130
	up{~job="historyworker",instance="historyworker-0"} 1x25 0x2 1x130
	up{~job="historyworker",instance="historyworker-1"} 1x30 0x2 1x130
	parley_consumer_pending{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_0"} 3x25 stale _x4 800 3x130
	parley_consumer_pending{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_1"} 3x25 stale _x4 800 3x130
	parley_consumer_oldest_seconds{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_0"} 1x25 stale _x4 20 1x130
	up{~job="botworker",instance="botworker-0"} 1x35 0x3 1x130
	up{~job="botworker",instance="botworker-1"} 1x45 0x3 1x130
	parley_bus_redeliveries_total{~job="botworker",instance="botworker-0",consumer="bot"} 4x35 34x10 64x130
	parley_bus_deliveries_total{~job="botworker",instance="botworker-0",consumer="bot",result="handled"} 0+30x35 0+30x130
	parley_bus_connected{~job="escalation",instance="escalation-0"} 1x60 0 1x5 0 1x5 0 1x130
	parley_bus_append_failures_total{~job="gateway",instance="gateway-1",kind="message"} 3x60 12x5 21x5 30x130
	parley_gateway_errors_total{~job="gateway",instance="gateway-0",code="unavailable"} 3x60 15x5 27x5 39x130
	parley_stream_copies_missing{~job="historyworker",instance="historyworker-0",stream="CHAT_0"} 0x60 1x18 0x130
	parley_stream_unanswered{~job="historyworker",instance="historyworker-0",stream="CHAT_0"} _x60 2 stale
	parley_history_put_seconds_count{~job="historyworker",instance="historyworker-0",result="failed"} 2x60 3x5 4x5 5x130
	parley_bus_call_seconds_count{~job="historyworker",instance="historyworker-0",call="history.page",result="failed"} 1x60 4x5 7x5 10x130
`

func TestARenewalIsQuiet(t *testing.T) {
	alerts, err := readAlerts(read(t, "k8s/monitoring/rules/parley.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, scrape := range scrapes {
		for _, f := range judge(t, alerts, tell(t, scrape, renewal), looks) {
			t.Errorf("%s: %s %s after %v: %q", name, f.alert, f.labels, f.first, f.says)
		}
	}
}

// lag is the healthy system's series of events that wait for the bot.
const lag = `
	parley_consumer_pending{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_0"} 3x150
	parley_consumer_pending{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_1"} 3x150
	parley_consumer_oldest_seconds{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_0"} 1x150
	parley_consumer_oldest_seconds{~job="historyworker",instance="historyworker-0",consumer="bot",stream="CHAT_1"} 1x150
`
