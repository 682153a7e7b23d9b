package board

import (
	"fmt"
	"slices"

	"github.com/parley-chat/parley/pkg/roles"
)

// rate is how often something happens per second, summed by a label; "": the total.
func rate(metric, by string) string {
	if by != "" {
		by = " by (" + by + ")"
	}
	return fmt.Sprintf("sum%s (rate(%s[$__rate_interval]))", by, metric)
}

// times shows how long something takes: the median and the 95th percentile.
func times(metric, labels string) []query {
	return []query{quantile(0.5, metric, labels, "half within"), quantile(0.95, metric, labels, "95 % within")}
}

func quantile(q float64, metric, labels, legend string) query {
	return query{fmt.Sprintf("histogram_quantile(%g, sum by (le) (rate(%s_bucket%s[$__rate_interval])))", q, metric, labels), legend}
}

// slowest is the 95th percentile of how long something takes, by a label.
func slowest(metric, labels, by string) query {
	return query{fmt.Sprintf("histogram_quantile(0.95, sum by (%s, le) (rate(%s_bucket%s[$__rate_interval])))", by, metric, labels), "{{" + by + "}}"}
}

// process shows what every role has: its replicas and the resources that they use. job
// is the role, or all for everything in one process.
func process(role string) row {
	is := fmt.Sprintf(`{job=~"%s|all"}`, role)
	of := func(q query) query { q.legend = "{{instance}}"; return q }
	r := row{"Replicas", []panel{
		lines("Replicas", count, "How many replicas Prometheus reaches.", query{"sum (up" + is + ")", "reached"}, query{"count (up" + is + ")", "known"}),
		lines("Versions", count, "Which versions run; two during an upgrade.", query{"count by (version) (parley_info" + is + ")", "{{version}}"}),
		lines("NATS", count, "Replicas that are connected to NATS, and connections that were made again within the last five minutes.",
			query{"sum (parley_bus_connected" + is + ")", "connected"}, query{"sum (increase(parley_bus_reconnects_total" + is + "[5m]))", "connected again"}),
		lines("Processor", count, "Processors that a replica keeps busy.", of(query{expr: "rate(process_cpu_seconds_total" + is + "[$__rate_interval])"})),
		lines("Memory", size, "Memory that a replica holds.", of(query{expr: "process_resident_memory_bytes" + is})),
		lines("Goroutines", count, "A number that only grows is a leak.", of(query{expr: "go_goroutines" + is})),
	}}
	if one, _ := roles.Named(role); one.Apart {
		r.panels = slices.DeleteFunc(r.panels, func(p panel) bool { return p.title == "NATS" })
	}
	return r
}

// work shows deliveries and waiting events of a durable consumer, and of the one beside it
// that is handed states.
func work(consumer string) row {
	is := fmt.Sprintf(`{consumer="%s"}`, consumer)
	waits := is
	if consumer != "history" {
		waits = fmt.Sprintf(`{consumer=~"%[1]s|%[1]s-states"}`, consumer)
	}
	r := row{"Work", []panel{
		lines("Waiting", count, "Events that wait for a worker, and that a worker has. All history workers tell the same, so the largest counts.",
			query{"sum (max by (consumer, stream) (parley_consumer_pending" + waits + "))", "wait"}, query{"sum (max by (consumer, stream) (parley_consumer_unacked" + waits + "))", "with a worker"}),
		lines("Oldest", seconds, "Age of the oldest event that is not dealt with.", query{"max (parley_consumer_oldest_seconds" + waits + ")", "oldest"}),
		lines("Dealt with", perSecond, "Deliveries by what became of them: later and failed come again.", query{rate("parley_bus_deliveries_total"+is, "result"), "{{result}}"}),
		lines("Again", perSecond, "Deliveries of events that had been delivered before.", query{rate("parley_bus_redeliveries_total"+is, ""), "given again"}),
		lines("Given up", count, "Dead letters that this role made within the last hour.", query{"sum (increase(parley_bus_dead_letters_total" + is + "[1h]))", "dead letters"}),
	}}
	if consumer != "history" { // it works in batches: see the store
		r.panels = append(r.panels, lines("Handling", seconds, "How long a handler works on one delivery.", times("parley_bus_handling_seconds", is)...))
	}
	return r
}

// writes shows what a role appends to the streams. kinds is a regular expression;
// guarded are those kinds that are refused if somebody else wrote first.
func writes(kinds, guarded string) row {
	is := fmt.Sprintf(`{kind=~"%s"}`, kinds)
	r := row{"Streams", []panel{
		lines("Written", perSecond, "Events that were stored, by kind.", query{rate("parley_bus_append_seconds_count"+is, "kind"), "{{kind}}"}),
		lines("Time to store", seconds, "How long NATS takes to store an event; 95 of 100 are faster.", slowest("parley_bus_append_seconds", is, "kind")),
		lines("Not stored", perSecond, "Events that were not stored in time, or not for sure.", query{rate("parley_bus_append_failures_total"+is, "kind"), "{{kind}}"}),
	}}
	if guarded != "" {
		second := fmt.Sprintf(`parley_bus_conflicts_total{kind=~"%s"}`, guarded)
		r.panels = append(r.panels, lines("Came second", perSecond, "Guarded writes that were refused because somebody else wrote first; each was decided anew.", query{rate(second, "kind"), "{{kind}}"}))
	}
	return r
}

// calls shows the calls of one service.
func calls(service string) row {
	is := fmt.Sprintf(`{call=~"%s\\..*"}`, service)
	bad := fmt.Sprintf(`{call=~"%s\\..*",result!="ok"}`, service)
	return row{"Calls", []panel{
		lines("Calls", perSecond, "Calls that were answered, by call.", query{rate("parley_bus_call_seconds_count"+is, "call"), "{{call}}"}),
		lines("Time of calls", seconds, "How long a call takes; 95 of 100 are faster.", slowest("parley_bus_call_seconds", is, "call")),
		lines("Not answered with yes", perSecond, "Calls that were refused, which is a no for the caller, or failed.",
			query{rate("parley_bus_call_seconds_count"+bad, "call, result"), "{{call}} {{result}}"}),
	}}
}
