package rules_test

import (
	"testing"
)

// A rule that never finds anything is worth nothing: each must find its breach.
func TestTheImportRulesFindTheirBreaches(t *testing.T) {
	for _, c := range []struct {
		file, imports string
		breach        bool
	}{
		{"pkg/chat/state.go", "github.com/rs/zerolog", true},
		{"pkg/chat/state.go", module + "/pkg/backoff", true},
		{"pkg/chat/state.go", "encoding/json", false},
		{"pkg/chat/json.go", module + "/pkg/plainjson", false},
		{"pkg/plainjson/read.go", module + "/pkg/chat", true},
		{"pkg/chat/state_test.go", "pgregory.net/rapid", false},
		{"gateway/hub.go", module + "/escalation", true},
		{"gateway/hub_test.go", module + "/botworker/llm", true},
		{"gateway/hub.go", module + "/gateway/limit", false},
		{"historyworker/put.go", module + "/pkg/store/sqlitestore", true},
		{"historyworker/put_test.go", module + "/pkg/store/sqlitestore", false},
		{"historyworker/put.go", module + "/pkg/store", false},
		{"web/server/server.go", module + "/pkg/bus", true},
		{"web/server/server.go", module + "/gateway/limit", true},
		{"web/server/server_test.go", module + "/pkg/bus/bustest", false},
		{"web/server/server.go", module + "/pkg/pages", false},
		{"gateway/http_test.go", module + "/web", false},
		{"gateway/http.go", module + "/web/server", true},
		{"pkg/bus/conn.go", module + "/gateway", true},
		{"pkg/bus/conn.go", module, true},
		{"pkg/bus/conn.go", module + "/app", true},
		{"gateway/hub.go", module + "/app", true},
		{"main.go", module + "/app", false},
		{"app/units.go", module + "/gateway", false},
		{"test/system/story_test.go", module + "/gateway", false},
		{"gateway/hub.go", "github.com/nats-io/nats.go/jetstream", true},
		{"test/system/story_test.go", "github.com/nats-io/nats.go", true},
		{"pkg/bus/embedded/embedded.go", "github.com/nats-io/nats-server/v2/server", false},
		{"pkg/bus/conn.go", "github.com/nats-io/nats-server/v2/server", true},
		{"escalation/desk.go", "github.com/gorilla/websocket", true},
		{"test/system/client_test.go", "github.com/gorilla/websocket", false},
		{"historyworker/put.go", "go.mongodb.org/mongo-driver/bson", true},
		{"pkg/store/mongostore/ferrettest/server.go", "go.mongodb.org/mongo-driver/mongo", false},
		{"pkg/store/store.go", "modernc.org/sqlite", true},
		{"botworker/knowledge/index.go", "modernc.org/sqlite", false},
		{"pkg/bus/trace.go", "go.opentelemetry.io/otel/trace", true},
		{"pkg/telemetry/trace.go", "go.opentelemetry.io/otel/trace", false},
	} {
		f := goFile{path: c.file}
		found := ""
		for _, rule := range importRules {
			if fault := rule(f, c.imports); fault != "" {
				found = fault
			}
		}
		if (found != "") != c.breach {
			t.Errorf("%s imports %s: breach %v, the rules said %q", c.file, c.imports, c.breach, found)
		}
	}
}

func TestSleepsAndSkipsAreFound(t *testing.T) {
	f := parseGo(t, "x_test.go", `package x
import ("testing"; "time")
func TestX(t *testing.T) {
	f := time.Sleep
	f(1)
	t.Run("y", func(t *testing.T) { t.Skip("later") })
}`)
	if len(f.sleeps) != 1 || f.sleeps[0] != (call{"TestX", 4}) || len(f.skips) != 1 || f.skips[0].line != 6 {
		t.Errorf("sleeps %v, skips %v", f.sleeps, f.skips)
	}
}
