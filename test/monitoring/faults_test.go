package monitoring

import (
	"reflect"
	"strings"
	"testing"
)

// A check that never finds anything is worth nothing: each must find its faults, which
// are made by replacing a text of a file.
func TestPlantedFaultsAreFound(t *testing.T) {
	all := truth(t)
	alertsFile, page, figuresPage := string(read(t, "k8s/monitoring/rules/parley.yaml")), string(read(t, book)), string(read(t, table))
	boards := committedBoards(t)
	inAlerts := func(text string) (found []string) {
		queries, err := inAlerts([]byte(text))
		if err != nil {
			return []string{err.Error()}
		}
		for _, q := range queries {
			found = append(found, checkQuery(q, all)...)
		}
		return found
	}
	inBoard := func(name string) func(string) []string {
		return func(text string) (found []string) {
			queries, err := inBoards(name, []byte(text))
			if err != nil {
				return []string{err.Error()}
			}
			for _, q := range queries {
				found = append(found, checkQuery(q, all)...)
			}
			return append(found, checkBoard(name, []byte(text))...)
		}
	}
	againstBook := func(text string) (found []string) {
		alerts, err := readAlerts([]byte(text))
		if err != nil {
			return []string{err.Error()}
		}
		for _, g := range alerts {
			for _, r := range g.Rules {
				found = append(found, checkAlert(r, page)...)
			}
		}
		return append(found, checkSections(page, alerts)...)
	}
	ofBook := func(text string) (found []string) {
		alerts, err := readAlerts([]byte(alertsFile))
		if err != nil {
			return []string{err.Error()}
		}
		for _, g := range alerts {
			for _, r := range g.Rules {
				found = append(found, checkAlert(r, text)...)
			}
		}
		return append(found, checkSections(text, alerts)...)
	}
	base := rolesOfBase(t)
	component := func(text string) []string { return checkComponent(text, base) }
	told := func(text string) (found []string) {
		alerts, err := readAlerts([]byte(text))
		if err != nil {
			return []string{err.Error()}
		}
		before, err := readAlerts([]byte(alertsFile))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range stories {
			if reflect.DeepEqual(only(alerts, s.alert), only(before, s.alert)) {
				continue // unchanged
			}
			for _, fault := range s.fault(judge(t, only(alerts, s.alert), tell(t, "", s.different), looks)) {
				if !strings.HasPrefix(s.alert, "ParleyVolume") { // on Kubernetes only
					found = append(found, s.alert+": "+s.what+": "+fault)
				}
			}
		}
		return found
	}
	for _, c := range []struct {
		text           string
		check          func(string) []string
		from, to, want string
	}{
		{alertsFile, inAlerts, "(parley_dead_letters)", "(parley_dead_leters)", "there is no figure parley_dead_leters"},
		{alertsFile, inAlerts, `{code="unavailable"}`, `{kode="unavailable"}`, "parley_gateway_errors_total has no label kode"},
		{alertsFile, inAlerts, `{code="unavailable"}`, `{code="unavailible"}`, `is never code="unavailible"`},
		{alertsFile, inAlerts, `result=~"failed|given_up"`, `result=~"failed|gave_up"`, `is never result="gave_up"`},
		{alertsFile, inAlerts, "max by (namespace, stream) (parley_stream_copies_missing)", "max by (namespace, strem) (parley_stream_copies_missing)", "has no label strem to group by"},
		{alertsFile, inAlerts, "unless on (namespace, job, instance)", "unless on (namespace, job, instanz)", "has no label instanz to group by"},
		{alertsFile, inAlerts, "rate(parley_history_put_seconds_count", "rate(parley_history_put_seconds", "there is no figure parley_history_put_seconds"},
		{alertsFile, inAlerts, "max by (namespace) (parley_dead_letters) > 0", "rate(parley_dead_letters[5m]) > 0", "is a gauge: it has no rate"},
		{alertsFile, inAlerts, "> 300", "> > 300", "parse error"},
		{string(boards["gateway.json"]), inBoard("gateway.json"), "parley_gateway_frames_total", "parley_gateway_frame_total", "there is no figure parley_gateway_frame_total"},
		{string(boards["gateway.json"]), inBoard("gateway.json"), "sum by (why)", "sum by (reason)", "has no label reason to group by"},
		{string(boards["gateway.json"]), inBoard("gateway.json"), `"uid": "prometheus"`, `"uid": "prom"`, `asks "prom"`},
		{string(boards["gateway.json"]), inBoard("gateway.json"), `"unit": "s"`, `"unit": "ms"`, `has the unit "ms"`},
		{string(boards["gateway.json"]), inBoard("gateway.json"), `"x": 8`, `"x": 4`, "lies on"},
		{alertsFile, againstBook, "#parleydeadletters", "#parleydeadletter", "ParleyDeadLetters: its runbook_url is"},
		{alertsFile, againstBook, "alert: ParleyDeadLetters", "alert: ParleyLetters", "docs/operations.md has no section of that name"},
		{alertsFile, againstBook, "alert: ParleyDeadLetters", "alert: ParleyLetters", "there is no alert ParleyDeadLetters"},
		{alertsFile, againstBook, "severity: critical", "severity: urgent", `the severity is "urgent"`},
		{alertsFile, againstBook, "There are dead letters.", "dead letters", "the summary is not one sentence"},
		{alertsFile, againstBook, "        for: 10m\n", "", "ParleyCopiesMissing: it fires at once"},
		{alertsFile, againstBook, "expr: parley_disk_full == 1", "exprs: parley_disk_full == 1", "exprs not found"},
		{page, ofBook, "### ParleyDeadLetters\n", "### Dead letters\n", "ParleyDeadLetters: docs/operations.md has no section of that name"},
		{page, ofBook, "### ParleyDeadLetters\n", "### ParleyDeadMail\n", "there is no alert ParleyDeadMail"},
		{figuresPage, func(s string) []string { return checkTable(s, all) }, "| `parley_info` | gauge |", "| `parley_info` | counter |", "parley_info is a gauge, not a counter"},
		{figuresPage, func(s string) []string { return checkTable(s, all) }, "| `parley_info` |", "| `parley_infos` |", "parley_info is missing"},
		{figuresPage, func(s string) []string { return checkTable(s, all) }, "| `why` |", "| `reason` |", "has the labels [why], not [reason]"},
		{figuresPage, func(s string) []string { return checkTable(s, all) }, "| all in one process |", "| gateway |", `is shown by "all in one process", not "gateway"`},
		{render(t), component, "jobLabel: app", "jobLabel: name", `job is taken from "name"`},
		{render(t), component, "jobLabel: app", "joblabel: app", `unknown field "spec.joblabel"`},
		{render(t), component, "port: health", "port: metrics", "has the ports [health], and 0 of them are looked at"},
		{render(t), component, "- historyworker\n", "- history\n", "it does not look at historyworker"},
		{render(t), component, "grafana_dashboard: \"1\"", "grafana_dashboards: \"1\"", "is no dashboard"},
		{render(t), component, "namespace: parley", "namespace: default", "is in the namespace \"default\""},
		{render(t), component, "runbook_url:", "runbook-url:", ""}, // any annotation is allowed
		{alertsFile, told, "{consumer=~\"bot|bot-states|escalation|escalation-states\"}) > 120", "{consumer=~\"bot|bot-states|escalation|escalation-states\"}) > 1e6", "ParleyMessagesWait: no bot gets to one stream: it does not fire"},
		{alertsFile, told, "for: 10m", "for: 1m", "ParleyCopiesMissing: three nodes are renewed, for nine minutes in all: it fires"},
		{alertsFile, told, "sum by (namespace, consumer) (max by (namespace, consumer, stream) (parley_consumer_pending))", "sum by (namespace, consumer) (parley_consumer_pending)", "two replicas tell the same: it fires"},
		{alertsFile, told, `gateway|all"} == 1)`, `gateway|all"})`, "both gateways are away: it does not fire"},
		{alertsFile, told, "{{ $labels.stream }}", "{{ $labels.streams }}", "ParleyCopiesMissing: a node is gone: it says"},
	} {
		if !strings.Contains(c.text, c.from) {
			t.Errorf("the file no longer contains %q", c.from)
			continue
		}
		found := strings.Join(c.check(strings.ReplaceAll(c.text, c.from, c.to)), "\n")
		if !strings.Contains(found, c.want) || c.want == "" && found != "" {
			t.Errorf("with %q instead of %q, there should be a fault %q, but the faults are:\n%s", c.to, c.from, c.want, found)
		}
	}
}
